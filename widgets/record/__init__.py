"""The record's window: what was done, who looked at a camera, and the weekly review."""
