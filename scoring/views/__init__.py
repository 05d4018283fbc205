"""The pages of the scoring models, and of what their stages mean."""
