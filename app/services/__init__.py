"""Use cases, one verb each. They talk to the world through the ports only."""
