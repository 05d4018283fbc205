"""Pages around the queue."""
