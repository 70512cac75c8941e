"""Scales decoded pictures to the size of their tile and turns them into what Qt paints, in one go.

libyuv does it in a tenth of the time that swscale or Qt need. Where it is not installed, FFmpeg's
swscale, which comes with PyAV, does the same.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Protocol

import av
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from app.sources.video.colours import Colours

_BILINEAR, _BOX = 2, 3
"""libyuv's filters. The box averages all that a pixel of the smaller picture covers. Down to two fifths of
its size the four pixels that bilinear weighs are nearly all of that, for half the time.
"""
_LIBYUV_NAMES = {"win32": "libyuv.dll", "darwin": "libyuv.dylib"}

_LIBYUV_CONSTANTS = {
    Colours(bt709=False, full_range=False): "kYuvI601Constants",
    Colours(bt709=False, full_range=True): "kYuvJPEGConstants",
    Colours(bt709=True, full_range=False): "kYuvH709Constants",
    Colours(bt709=True, full_range=True): "kYuvF709Constants",
}


Planes = tuple[int, int, int, int, int, int]
"""Address and bytes a row of Y, of U and of V."""


class Scaler(Protocol):
    """Converts one stream's pictures. Used by one thread at a time."""

    def convert(
        self, source: Planes, width: int, height: int, target: int, stride: int, to_width: int, to_height: int
    ) -> None:
        """Scale a picture and write it as B, G, R, unused.

        Args:
            source: the I420 planes.
            width: of the source in pixels, as is ``height``.
            height: see ``width``.
            target: address of ``to_height`` rows of ``stride`` bytes.
            stride: at least four bytes a pixel.
            to_width: of the target in pixels, as is ``to_height``.
            to_height: see ``to_width``.
        """
        ...


def i420_bytes(width: int, height: int) -> int:
    """Return the bytes of a picture's three planes."""
    return width * height + 2 * ((width + 1) // 2) * ((height + 1) // 2)


def scaler_for(colours: Colours) -> Scaler:
    """Return the fastest scaler that this computer has."""
    return LibyuvScaler(colours) if _libyuv is not None else SwscaleScaler(colours)


def _load_libyuv() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(_LIBYUV_NAMES.get(sys.platform, "libyuv.so.0"))
        planes = (ctypes.c_void_p, ctypes.c_int) * 3
        size = (ctypes.c_int, ctypes.c_int)
        library.I420Scale.argtypes = [*planes, *size, *planes, *size, ctypes.c_int]
        for constants in _LIBYUV_CONSTANTS.values():
            ctypes.c_char.in_dll(library, constants)
        bgrx = (ctypes.c_void_p, ctypes.c_int)
        library.ARGBScale.argtypes = [*bgrx, *size, *bgrx, *size, ctypes.c_int]
        library.I420ToARGBMatrix.argtypes = [*planes, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, *size]
    except (OSError, AttributeError, ValueError):
        return None
    return library


_libyuv = _load_libyuv()


def i420_planes(address: int, width: int, height: int) -> Planes:
    """Return planes that lie one behind the other without padding."""
    half, half_height = (width + 1) // 2, (height + 1) // 2
    u = address + width * height
    return address, width, u, half, u + half * half_height, half


class LibyuvScaler:
    """Scales and converts by vector instructions, without the interpreter's lock.

    libyuv scales planes by simple ratios (3/4, 1/2, 3/8, 1/4) several times faster than by others. For those
    others the converted picture is scaled, which is faster as long as it is not made much smaller.
    """

    def __init__(self, colours: Colours) -> None:
        assert _libyuv is not None
        self._scale = _libyuv.I420Scale
        self._scale_bgrx = _libyuv.ARGBScale
        self._to_bgrx = _libyuv.I420ToARGBMatrix
        constants = ctypes.c_char.in_dll(_libyuv, _LIBYUV_CONSTANTS[colours])
        self._constants = ctypes.addressof(constants)
        self._sizes: tuple[int, ...] = ()
        self._between: ctypes.Array[ctypes.c_char] = ctypes.create_string_buffer(1)
        self._convert_first = False
        self._filter = _BOX

    def convert(
        self, source: Planes, width: int, height: int, target: int, stride: int, to_width: int, to_height: int
    ) -> None:
        """Scale and convert one picture; see `Scaler`."""
        if (width, height) == (to_width, to_height):
            self._to_bgrx(*source, target, stride, self._constants, width, height)
            return
        sizes = (width, height, to_width, to_height)
        if sizes != self._sizes:
            self._prepare(*sizes)
        between = ctypes.addressof(self._between)
        if self._convert_first:
            row = 4 * width
            self._to_bgrx(*source, between, row, self._constants, width, height)
            self._scale_bgrx(between, row, width, height, target, stride, to_width, to_height, self._filter)
        else:
            scaled = i420_planes(between, to_width, to_height)
            self._scale(*source, width, height, *scaled, to_width, to_height, self._filter)
            self._to_bgrx(*scaled, target, stride, self._constants, to_width, to_height)

    def _prepare(self, width: int, height: int, to_width: int, to_height: int) -> None:
        self._sizes = (width, height, to_width, to_height)
        simple = 4 * to_width == 3 * width and 4 * to_height == 3 * height
        self._convert_first = not simple and 2 * to_width > width
        self._filter = _BILINEAR if 5 * to_width >= 2 * width else _BOX
        size = 4 * width * height if self._convert_first else i420_bytes(to_width, to_height)
        self._between = ctypes.create_string_buffer(size)


class SwscaleScaler:
    """The same by FFmpeg, at some more cost and with two more copies."""

    def __init__(self, colours: Colours) -> None:
        self._reformatter = VideoReformatter()
        self._matrix = Colorspace.ITU709 if colours.bt709 else Colorspace.ITU601
        self._range = ColorRange.JPEG if colours.full_range else ColorRange.MPEG

    def convert(
        self, source: Planes, width: int, height: int, target: int, stride: int, to_width: int, to_height: int
    ) -> None:
        """Scale and convert one picture; see `Scaler`."""
        frame = av.VideoFrame(width, height, "yuv420p")
        half, half_height = (width + 1) // 2, (height + 1) // 2
        shapes = ((width, height), (half, half_height), (half, half_height))
        for n, (plane, (length, rows)) in enumerate(zip(frame.planes, shapes, strict=True)):
            at, row = source[2 * n : 2 * n + 2]
            copy_rows(at, row, plane.buffer_ptr, plane.line_size, length, rows)
        done = self._reformatter.reformat(
            frame,
            to_width,
            to_height,
            "bgra",
            src_colorspace=self._matrix,
            src_color_range=self._range,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.BILINEAR,
            threads=1,
        )
        plane = done.planes[0]
        copy_rows(plane.buffer_ptr, plane.line_size, target, stride, 4 * to_width, to_height)


def copy_rows(
    source: int, source_stride: int, target: int, target_stride: int, length: int, rows: int
) -> None:
    """Copy rows of ``length`` bytes from one address to another, in one go where the strides are equal."""
    if source_stride == target_stride:
        ctypes.memmove(target, source, source_stride * (rows - 1) + length)
        return
    for row in range(rows):
        ctypes.memmove(target + row * target_stride, source + row * source_stride, length)
