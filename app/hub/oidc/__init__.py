"""Signing in at the agency's own provider (OpenID Connect), for accounts that the hub has already."""
