"""The console's state: one writer, read by everybody on the UI thread."""
