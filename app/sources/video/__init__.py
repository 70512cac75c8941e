"""Video: transport, decoder, shared-memory ring, worker processes and their supervisor. No Qt here."""
