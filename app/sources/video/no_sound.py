"""Why there is nothing to hear."""

from __future__ import annotations

from app.domain.sound import Sound


class NoSoundError(Exception):
    """There is no sound, or not now. ``sound`` says why."""

    def __init__(self, sound: Sound) -> None:
        super().__init__(sound)
        self.sound = sound
