"""The video wall: one widget that paints every tile, and the bar that chooses its grid."""
