"""Backup and restore: one file that holds a hub, made while it runs and read back whole or not at all."""
