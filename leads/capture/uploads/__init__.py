"""Files that people upload: stored, mapped, tried, and taken in by a worker."""
