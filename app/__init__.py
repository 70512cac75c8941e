"""Watchfloor's program: everything that is not a widget."""
