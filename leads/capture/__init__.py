"""How records come in: imports. May import `leads` and `scoring`."""
