"""What a process that serves pages holds for as long as it lives."""

import gc

from django.urls import get_resolver


def keep_loaded() -> None:
    """Let no collection of garbage look again at what is loaded for good.

    More than 150,000 objects are: whoever opened a page that makes many of its own
    waited for a look at all of them.
    """
    # Views and what they import come with the addresses.
    _loaded = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
