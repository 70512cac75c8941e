"""Planning shifts."""
