"""The pages about leads."""
