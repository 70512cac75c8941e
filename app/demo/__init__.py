"""The simulated city: real streams on loopback and alerts through the public ingest."""
