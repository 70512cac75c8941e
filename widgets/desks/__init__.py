"""Enrolling desks, and their walls that stay lit."""
