"""What `manage.py benchmark` measures in this room, on data of its own."""
