"""Pages of working hours and service levels."""
