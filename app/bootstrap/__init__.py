"""Joins the console's parts and runs them: the only place that knows sources and windows both."""

from app.bootstrap.start import main

__all__ = ["main"]
