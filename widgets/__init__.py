"""Small views and Qt item models."""
