"""What `manage.py benchmark` measures of the reports."""
