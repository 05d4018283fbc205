"""Programmes: building them, entering them, running their steps, counting."""
