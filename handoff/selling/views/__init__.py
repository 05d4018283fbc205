"""The pages of what sales does with an accepted lead."""
