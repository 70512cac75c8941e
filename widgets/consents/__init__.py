"""The consents' window: what owners of private cameras agreed to."""
