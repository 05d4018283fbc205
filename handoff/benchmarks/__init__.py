"""How fast giving leads to sales is; `manage.py benchmark` runs what is here."""
