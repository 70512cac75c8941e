"""Windows and their wiring."""
