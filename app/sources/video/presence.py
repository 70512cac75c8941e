"""Says in words what is missing when libVLC does not work on this computer."""

from __future__ import annotations

import sys
from pathlib import Path

import structlog

from app.sources.video.vlc_decoder import VlcDecoder

log = structlog.get_logger(__name__)

_LINUX = {
    "debian": "sudo apt install libvlc5 vlc-plugin-base",
    "ubuntu": "sudo apt install libvlc5 vlc-plugin-base",
    "fedora": "sudo dnf install vlc-libs vlc-plugins-base vlc-plugin-ffmpeg",
}
_OTHER_LINUX = "install libVLC 3 with its FFmpeg plugin from your distribution"
_MACOS = "install VLC 3 from videolan.org or with: brew install --cask vlc"
_WINDOWS = "install VLC 3 (64-bit) from videolan.org"


def start_libvlc() -> tuple[VlcDecoder | None, str | None]:
    """Return libVLC and None, or None and what is missing, in the operator's words."""
    try:
        decoder = VlcDecoder()
    except Exception as error:  # noqa: BLE001 - the binding raises whatever its platform's loader does
        log.warning("libVLC does not start", error=repr(error))
        return None, f"libVLC, which decodes the video, is not installed or does not start: {remedy()}"
    missing = decoder.missing_plugins()
    if missing:
        return None, f"libVLC lacks its plugins {', '.join(missing)}: {remedy()}"
    return decoder, None


def probe_libvlc() -> str | None:
    """Return None when libVLC and the plugins that Watchfloor needs work, else what is missing.

    Takes up to some tenths of a second. Never raises for a missing libVLC.
    """
    return start_libvlc()[1]


def remedy(platform: str = sys.platform, os_release: Path = Path("/etc/os-release")) -> str:
    """Return how to install libVLC on this system."""
    if platform == "darwin":
        return _MACOS
    if platform == "win32":
        return _WINDOWS
    names: list[str] = []
    if os_release.is_file():
        for line in os_release.read_text(errors="replace").splitlines():
            field, _, value = line.partition("=")
            if field in ("ID", "ID_LIKE"):
                names += value.strip('"').split()
    return next((_LINUX[name] for name in names if name in _LINUX), _OTHER_LINUX)
