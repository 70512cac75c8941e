"""Outside sources of the console: the hub and the cameras."""
