"""What sales rejected and why, and what marketing says to it."""
