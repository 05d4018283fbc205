"""Which rep gets a lead: rules, turns, capacity, absence, and why."""
