"""The map: cameras, alerts and incidents on a page of our own, shown by QtWebEngine without a network."""
