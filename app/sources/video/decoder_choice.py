"""What decodes on this computer: FFmpeg or libVLC in software, libVLC in hardware."""

from __future__ import annotations

from app.sources.video.decoder import Decoder
from app.sources.video.ffmpeg_decoder import FfmpegDecoder
from app.sources.video.hardware import hardware_first
from app.sources.video.presence import start_libvlc


class DecoderMissingError(Exception):
    """What was chosen to decode does not work; the text says how to mend it, in the operator's words."""


def choose_decoder(name: str, *, hardware: bool) -> Decoder:
    """Return what decodes: in hardware where that is wanted and seems to be there, else in software.

    Args:
        name: ``ffmpeg`` or ``libvlc``, what decodes in software.
        hardware: let libVLC decode in hardware where it can.

    Raises:
        DecoderMissingError: libVLC is to decode in software and does not work.
    """
    if name == "libvlc":
        libvlc, trouble = start_libvlc()
        if libvlc is None:
            raise DecoderMissingError(trouble)
        return hardware_first(libvlc, libvlc) if hardware else libvlc
    ffmpeg = FfmpegDecoder()
    if hardware:
        libvlc, trouble = start_libvlc()
        if libvlc is not None:
            return hardware_first(libvlc, ffmpeg)
        ffmpeg.words = f"In software, by FFmpeg: {trouble}"
    return ffmpeg
