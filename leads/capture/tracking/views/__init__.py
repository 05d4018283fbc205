"""The address that beacons go to, the script that sends them, and its settings page."""
