"""What sales does with a lead once it has accepted it."""
