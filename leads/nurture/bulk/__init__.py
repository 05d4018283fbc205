"""One deed for many leads: those that are ticked, or all that a filter finds."""
