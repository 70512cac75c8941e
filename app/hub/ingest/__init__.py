"""The public door: alerts as vendors send them."""
