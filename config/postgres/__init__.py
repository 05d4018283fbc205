"""Django's PostgreSQL, that reads instants faster."""
