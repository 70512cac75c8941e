"""What becomes of a camera's sound once an operator listens to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.ids import CameraId

VOLUMES = (25, 50, 75, 100)
"""Per cent."""


class Sound(StrEnum):
    """What is heard of a stream that is listened to, or why nothing is."""

    STARTING = "starting"
    AWAITED = "awaited"
    """The sound output is open, and nothing has come from the camera yet."""
    PLAYING = "playing"
    NONE_SENT = "none_sent"
    UNREACHABLE = "unreachable"
    UNSUPPORTED = "unsupported"
    NO_DEVICE = "no_device"
    NO_LIBRARY = "no_library"
    NO_ANSWER = "no_answer"
    BROKEN = "broken"
    """The worker ended as it opened the sound output: PortAudio aborts on some broken configurations."""


SOUND_TROUBLES: dict[Sound, tuple[str, str]] = {
    Sound.NONE_SENT: (
        "The camera sends no sound.",
        "It may have no microphone, or its sound may be switched off.",
    ),
    Sound.UNREACHABLE: (
        "The camera does not give out its sound.",
        "It may take no further connection just now; listen again later.",
    ),
    Sound.UNSUPPORTED: ("The camera's sound cannot be decoded.", "G.711, AAC and Opus can."),
    Sound.NO_DEVICE: (
        "This computer has no sound output that works.",
        "Connect a loudspeaker or headphones and choose it in the system's sound settings.",
    ),
    Sound.NO_LIBRARY: (
        "The program that plays sound is not installed.",
        "On Debian and Ubuntu it is the package libportaudio2.",
    ),
    Sound.NO_ANSWER: (
        "This computer's sound output does not answer.",
        "Look at the system's sound settings, then listen again.",
    ),
    Sound.BROKEN: (
        "This computer's sound output made the camera's decoder stop.",
        "Look at the system's sound settings before you listen again.",
    ),
}
"""Message and hint in an operator's words."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The camera that is listened to. ``silence`` says in a word or two why it is not heard just now."""

    camera_id: CameraId
    sound: Sound = Sound.STARTING
    silence: str = ""
