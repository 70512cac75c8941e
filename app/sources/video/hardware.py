"""Hardware decoding through libVLC: whether this computer seems to have it, and the way back to software.

libVLC chooses among what a computer has and takes software for a stream that the hardware does not take. What
it does not notice is hardware that takes a stream and gives no pictures, or pictures of another size than the
camera's: then the worker decodes in software from there on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from weakref import WeakSet

import structlog

from app.domain.stream_state import Fault
from app.sources.video.decoder import Decoder, Decoding
from app.sources.video.privacy_masks import Masks
from app.sources.video.ring import RingWriter
from app.sources.video.transport import SourceFacts, TransportError
from app.sources.video.vlc_decoder import VlcDecoder

_log = structlog.get_logger(__name__)

_METHODS = {
    "win32": ("Direct3D", ("d3d11va", "dxva2")),
    "darwin": ("VideoToolbox", ("videotoolbox",)),
    "linux": ("VA-API", ("vaapi", "vaapi_drm")),
}
_DEVICES = Path("/dev/dri")


def probe(
    has_plugin: Callable[[str], bool], platform: str = sys.platform, devices: Path = _DEVICES
) -> tuple[bool, str]:
    """Return whether hardware decoding is worth a try, and what to say of it in the operator's words.

    Args:
        has_plugin: says whether libVLC has a plugin of that name.
        platform: as ``sys.platform`` names it.
        devices: where Linux lists graphics devices.
    """
    method, plugins = _METHODS.get(platform, _METHODS["linux"])
    if not any(has_plugin(name) for name in plugins):
        return False, f"In software: libVLC has no plugin for {method}"
    if platform == "linux" and not any(devices.glob("renderD*")):
        return False, f"In software: this computer has no graphics device for {method}"
    return True, f"In hardware where {method} takes the stream"


def hardware_first(libvlc: VlcDecoder, software: Decoder) -> Decoder:
    """Return what decodes in hardware by libVLC where this computer seems to have it, else ``software``.

    Args:
        libvlc: a running one, which says what it can do.
        software: what decodes without hardware; may be the same.
    """
    worth_it, words = probe(libvlc.has_plugin)
    if worth_it:
        try:
            return HardwareFirst(VlcDecoder(hardware=True), software, words)
        except RuntimeError as error:
            _log.warning("libVLC does not start with hardware decoding", error=repr(error))
            words = "In software: libVLC does not start with hardware decoding"
    software.words = words
    return software


class HardwareFirst:
    """Decodes in hardware until that fails once, and in software from then on."""

    def __init__(self, hardware: Decoder, software: Decoder, words: str) -> None:
        self._hardware, self._software = hardware, software
        self._begun: WeakSet[Decoding] = WeakSet()
        self.in_hardware = True
        self.words = words

    def start(self, ring: RingWriter, facts: SourceFacts, masks: Masks) -> Decoding:
        """Decode in hardware, or in software where that has failed; see `Decoder`."""
        if self.in_hardware:
            try:
                decoding = self._hardware.start(ring, facts, masks)
            except TransportError as error:
                if error.fault is Fault.CODEC_UNSUPPORTED:
                    raise
                self._give_up()
            else:
                self._begun.add(decoding)
                return decoding
        return self._software.start(ring, facts, masks)

    def fall_back(self, decoding: Decoding) -> bool:
        """Decode in software from now on; say whether ``decoding`` was in hardware."""
        was_in_hardware = decoding in self._begun
        if was_in_hardware:
            self._give_up()
        return was_in_hardware

    def _give_up(self) -> None:
        if self.in_hardware:
            self.in_hardware = False
            self.words = "In software: hardware decoding gave no picture"
            _log.warning("hardware decoding given up")
