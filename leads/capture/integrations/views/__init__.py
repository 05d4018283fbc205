"""Views of keys and webhooks."""
