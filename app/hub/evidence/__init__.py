"""Exported recordings: what is true of them, and the hub's signature for it."""
