"""What hides the desk while nobody has signed in, and lets people in."""
