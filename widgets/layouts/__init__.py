"""Named layouts: the menu of a wall, and the dialogs that save and rename them."""
