"""How fast records come in; `manage.py benchmark` runs what is here."""
