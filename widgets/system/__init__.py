"""The system page: how the wall, its streams and their decoders do, in figures."""
