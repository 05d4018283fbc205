"""Every reported number, read-only. May import every other room."""
