"""The pages of hosted forms: those of marketers, and the public ones."""
