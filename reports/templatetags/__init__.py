"""How templates print what the reports know."""
