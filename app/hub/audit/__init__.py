"""The record of what was done: a chain that shows what was taken out of it, and its signed checkpoints."""
