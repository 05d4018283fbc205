"""What marketing does with leads: the board. May import `leads` and `scoring`."""
