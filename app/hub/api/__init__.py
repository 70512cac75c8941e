"""The hub's REST routes, one module for each thing they speak of."""
