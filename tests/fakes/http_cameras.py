"""JPEG and HLS cameras over HTTP on loopback, with the faults that real ones have.

Paths: ``/still.jpg`` (a new picture each request unless `frozen`), ``/etag.jpg`` (answers 304 while
frozen), ``/mjpeg`` and ``/mjpeg-plain`` (multipart with and without lengths), ``/hls/index.m3u8`` (a live
playlist), ``/page.html``, ``/liar.jpg`` (HTML that says it is JPEG), ``/broken.jpg`` (500),
``/slow.jpg`` (answers only when the server is closed). Below ``/basic/`` and ``/digest/`` the same with
a password.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import time
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Self

import av
import numpy as np

from tests.fakes.video_clips import encode_jpeg

USER, PASSWORD = "viewer", "s3cret"
_NONCE = "5f1d"


TONE_RATE = 48_000


def encode_segments(
    units: list[bytes], fps: int, per_segment: int, tone_hz: float | None = None
) -> list[bytes]:
    """Pack access units into MPEG-TS segments, each from a key picture on, with a tone if one is named."""
    segments = []
    for first in range(0, len(units), per_segment):
        out = BytesIO()
        with av.open(out, "w", format="mpegts", options={"mpegts_copyts": "1"}) as muxer:
            stream = muxer.add_mux_stream("h264", rate=fps, width=640, height=360)
            if tone_hz is not None:
                muxer.add_stream("aac", rate=TONE_RATE, layout="mono")
            for index, unit in enumerate(units[first : first + per_segment], start=first):
                packet = av.Packet(unit)
                packet.stream, packet.time_base = stream, Fraction(1, fps)
                packet.pts = packet.dts = index
                packet.is_keyframe = index == first
                muxer.mux(packet)
            if tone_hz is not None:
                _mux_tone(muxer, tone_hz, first / fps, (first + per_segment) / fps)
        segments.append(out.getvalue())
    return segments


def _mux_tone(muxer: av.container.OutputContainer, hz: float, begin_s: float, end_s: float) -> None:
    (stream,) = muxer.streams.audio
    for at in range(round(begin_s * TONE_RATE), round(end_s * TONE_RATE), 1024):
        samples = 0.4 * np.sin(2 * np.pi * hz * np.arange(at, at + 1024) / TONE_RATE)
        frame = av.AudioFrame.from_ndarray(samples.astype(np.float32)[None, :], "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = TONE_RATE, at, Fraction(1, TONE_RATE)
        muxer.mux(stream.encode(frame))
    muxer.mux(stream.encode(None))


class HttpCameras:
    """A running server; use it in a ``with`` block."""

    def __init__(self, segments: list[bytes] | None = None, segment_s: float = 1.0) -> None:
        self.segments = segments or []
        self.segment_s = segment_s
        self.frozen = threading.Event()
        self.closing = threading.Event()
        self.pictures = [encode_jpeg(index * 5) for index in range(12)]
        self.served = 0
        self.interval_s = 0.1
        self.requests: list[str] = []
        self.started = time.monotonic()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.cameras = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str, login: str = "") -> str:
        return f"http://{login and login + '@'}127.0.0.1:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def picture(self) -> bytes:
        """Return the next picture, the same one while frozen."""
        if not self.frozen.is_set():
            self.served += 1
        return self.pictures[self.served % len(self.pictures)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    cameras: HttpCameras

    def handle_error(self, request: object, client_address: object) -> None:
        """A viewer that hangs up is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def cameras(self) -> HttpCameras:
        assert isinstance(self.server, _Server)
        return self.server.cameras

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests look at `HttpCameras.requests`."""

    def do_GET(self) -> None:
        path = self.path
        self.cameras.requests.append(path)
        for scheme in ("basic", "digest"):
            if path.startswith(f"/{scheme}/"):
                if not self._allowed(scheme):
                    self._challenge(scheme)
                    return
                path = path.removeprefix(f"/{scheme}")
        match path:
            case "/still.jpg":
                self._answer("image/jpeg", self.cameras.picture())
            case "/etag.jpg":
                self._tagged()
            case "/mjpeg" | "/mjpeg-plain":
                self._stream(with_length=path == "/mjpeg")
            case "/page.html":
                self._answer("text/html", b"<html>hello</html>")
            case "/liar.jpg":
                self._answer("image/jpeg", b"<html>hello</html>")
            case "/broken.jpg":
                self._answer("text/plain", b"sorry", 500)
            case "/slow.jpg":
                self.cameras.closing.wait(20)
                self.close_connection = True
            case "/hls/index.m3u8" if self.cameras.segments:
                self._playlist()
            case _ if (found := re.fullmatch(r"/hls/(\d+)\.ts", path)) and self.cameras.segments:
                self._answer("video/mp2t", self.cameras.segments[int(found[1]) % len(self.cameras.segments)])
            case _:
                self._answer("text/plain", b"none", 404)

    def _answer(self, kind: str, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _tagged(self) -> None:
        picture = self.cameras.picture()
        tag = f'"{self.cameras.served}"'
        if self.headers.get("If-None-Match") == tag:
            self._answer("image/jpeg", b"", 304, ETag=tag)
        else:
            self._answer("image/jpeg", picture, ETag=tag)

    def _stream(self, *, with_length: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", 'multipart/x-mixed-replace; boundary="--wall"')
        self.end_headers()
        self.close_connection = True
        try:
            while not self.cameras.closing.wait(self.cameras.interval_s):
                picture = self.cameras.picture()
                length = f"Content-Length: {len(picture)}\r\n" if with_length else ""
                head = f"--wall\r\nContent-Type: image/jpeg\r\n{length}\r\n"
                self.wfile.write(head.encode() + picture + b"\r\n")
                if not with_length:
                    # Without a length a picture ends where the next part begins.
                    self.wfile.flush()
        except OSError:
            return

    def _playlist(self) -> None:
        newest = int((time.monotonic() - self.cameras.started) / self.cameras.segment_s) + 3
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:3",
            f"#EXT-X-TARGETDURATION:{max(1, round(self.cameras.segment_s))}",
        ]
        lines.append(f"#EXT-X-MEDIA-SEQUENCE:{newest - 3}")
        for number in range(newest - 3, newest):
            if number % len(self.cameras.segments) == 0:
                lines.append("#EXT-X-DISCONTINUITY")
            lines += [f"#EXTINF:{self.cameras.segment_s:.3f},", f"{number}.ts"]
        self._answer("application/vnd.apple.mpegurl", ("\n".join(lines) + "\n").encode())

    def _challenge(self, scheme: str) -> None:
        ask = (
            'Basic realm="cam"' if scheme == "basic" else f'Digest realm="cam", nonce="{_NONCE}", qop="auth"'
        )
        self._answer("text/plain", b"who are you", 401, WWW_Authenticate=ask)

    def _allowed(self, scheme: str) -> bool:
        given = self.headers.get("Authorization", "")
        if scheme == "basic":
            return given == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        fields = dict(re.findall(r'(\w+)="?([^",]+)"?', given))
        if not given.startswith("Digest ") or "response" not in fields:
            return False
        secret = hashlib.md5(f"{USER}:cam:{PASSWORD}".encode()).hexdigest()
        asked = hashlib.md5(f"GET:{fields['uri']}".encode()).hexdigest()
        parts = [secret, _NONCE, fields["nc"], fields["cnonce"], fields["qop"], asked]
        return fields["response"] == hashlib.md5(":".join(parts).encode()).hexdigest()
