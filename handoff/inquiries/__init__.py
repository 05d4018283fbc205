"""What sales asks marketing before it decides, and what marketing answers."""
