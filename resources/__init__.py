"""Icons, theme and pages: what the console looks like."""
