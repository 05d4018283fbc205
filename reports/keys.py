"""Keys that stand for no key."""

EMPTY_KEY = "none"
EVERYTHING_KEY = "all"
