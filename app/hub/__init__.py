"""The hub: directory, alerts, incidents, leases and the numbered log of all that happens."""
