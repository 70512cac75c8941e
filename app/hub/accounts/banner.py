"""The four points that are acknowledged before anybody signs in (R6; CJIS AC-8)."""

from __future__ import annotations

BANNER = (
    "You are about to use a system of a law enforcement agency.\n"
    "What you do here is watched, recorded and subject to audit.\n"
    "Using it without authorisation is forbidden and subject to criminal and civil penalties.\n"
    "By signing in you agree to be watched and recorded."
)
