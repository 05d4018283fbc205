"""Visitor tracking: page views of our own sites, before and after we know who it is."""
