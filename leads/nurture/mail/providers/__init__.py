"""What mail providers tell by webhook, each in its own words; pure, no database."""
