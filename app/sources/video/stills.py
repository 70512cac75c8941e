"""JPEG cameras over HTTP: stills fetched again and again, or one multipart (MJPEG) answer.

A tile never lies: the same still served again is not a new picture, whether the camera says so (304),
or its bytes do.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from hashlib import blake2b
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from app.domain.stream_state import Fault
from app.sources.video.address import check_address
from app.sources.video.colours import Colours
from app.sources.video.jpeg import LARGEST_BYTES, MultipartPictures, boundary_of, jpeg_size
from app.sources.video.stamps import Stamps
from app.sources.video.transport import (
    Packet,
    Sink,
    SizeChanged,
    SourceFacts,
    TransportError,
)

# They write each request's address at level INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

_PORTS = {"http": 80, "https": 443}
_TIMEOUT = httpx.Timeout(8.0, connect=5.0)
_SILENCE_INTERVALS = 4
_SILENCES_S = (4.0, 20.0)
"""A camera whose rate is known is asked anew after some silent intervals, within these bounds."""
_DEFAULT_FPS = 1.0


class StillsTransport:
    """One JPEG camera. What it answers first decides whether it is polled or listened to."""

    def __init__(self, url: str, fps: float | None) -> None:
        """Fetch the first picture.

        Raises:
            TransportError: there is none.
        """
        check_address(url, _PORTS)
        address, user, password = _split_login(url)
        self._url = address
        self._client = httpx.Client(
            timeout=_patience(fps), follow_redirects=True, max_redirects=4, trust_env=False
        )
        self._answer: httpx.Response | None = None
        self._seen = b""
        self._etag: str | None = None
        self._modified: str | None = None
        try:
            self._pictures = self._begin(user, password)
            self._first, self._first_at = next(self._pictures)
        except StopIteration:
            self.close()
            raise TransportError(Fault.NOT_VIDEO) from None
        except BaseException:
            self.close()
            raise
        size = jpeg_size(self._first)
        if size is None:
            self.close()
            raise TransportError(Fault.NOT_VIDEO)
        polled = self._answer is None
        # A multipart camera's rate shows only with time; its owner's word must do until then.
        self._interval_s = 1 / (fps or _DEFAULT_FPS)
        self._fps = 1 / self._interval_s if polled else fps
        self.facts = self._describe(size)

    def _describe(self, size: tuple[int, int]) -> SourceFacts:
        return SourceFacts(
            width=size[0],
            height=size[1],
            fps=self._fps,
            codec="mjpeg",
            aspect=size[0] / size[1],
            colours=Colours.of_jpeg(),
        )

    def carry(self, sink: Sink, stopping: threading.Event) -> None:
        """Carry pictures until ``stopping``; see `Transport`."""
        stamps = Stamps()
        self._hand_over(self._first, self._first_at, stamps, sink)
        self._seen = blake2b(self._first).digest()
        due = time.monotonic()
        while not stopping.is_set():
            if self._answer is None:
                due = max(due + self._interval_s, time.monotonic())
                if stopping.wait(due - time.monotonic()):
                    return
            picture, arrived_at = next(self._pictures, (None, 0.0))
            if picture is None:
                raise TransportError(Fault.ENDED)
            digest = blake2b(picture).digest()
            if not picture or digest == self._seen:
                continue
            self._seen = digest
            size = jpeg_size(picture)
            if size is None:
                raise TransportError(Fault.NOT_VIDEO)
            if size != (self.facts.width, self.facts.height):
                self.facts, self._first, self._first_at = self._describe(size), picture, arrived_at
                raise SizeChanged
            self._hand_over(picture, arrived_at, stamps, sink)

    @staticmethod
    def _hand_over(picture: bytes, arrived_at: float, stamps: Stamps, sink: Sink) -> None:
        stamp = stamps.next(arrived_at)
        sink.put(Packet(picture, arrived_at, stamp, stamp, key=True))

    def close(self) -> None:
        """Close the connection."""
        if self._answer is not None:
            self._answer.close()
        self._client.close()

    def _begin(self, user: str, password: str) -> Iterator[tuple[bytes, float]]:
        try:
            if user:
                self._client.auth = httpx.BasicAuth(user, password)
            answer = self._send()
            asked = answer.headers.get("www-authenticate", "").lower()
            if answer.status_code == httpx.codes.UNAUTHORIZED and user and asked.startswith("digest"):
                answer.close()
                self._client.auth = httpx.DigestAuth(user, password)
                answer = self._send()
            _check_status(answer)
            boundary = boundary_of(answer.headers.get("content-type", ""))
            if boundary is not None:
                self._answer = answer
                return self._listen(answer, boundary)
            return self._poll(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransportError(_fault_of(error, running=False)) from None

    def _send(self) -> httpx.Response:
        return self._client.send(self._client.build_request("GET", self._url), stream=True)

    def _listen(self, answer: httpx.Response, boundary: bytes) -> Iterator[tuple[bytes, float]]:
        """Yield each part's picture, and when its last bytes arrived.

        Where a part does not tell its length, its picture is known to be whole when the next part begins.
        """
        parts, before = MultipartPictures(boundary), time.monotonic()
        try:
            for data in answer.iter_bytes():
                now = time.monotonic()
                next_part = data.lstrip(b"\r\n-").startswith(boundary)
                for picture in parts.feed(data):
                    yield picture, before if next_part and picture not in data else now
                before = now
        except ValueError:
            raise TransportError(Fault.NOT_VIDEO) from None
        except httpx.HTTPError as error:
            raise TransportError(_fault_of(error, running=True)) from None

    def _poll(self, answer: httpx.Response) -> Iterator[tuple[bytes, float]]:
        """Yield a picture for each request and when it came, empty where there is no newer one."""
        try:
            while True:
                yield self._body(answer), time.monotonic()
                headers = {}
                if self._etag:
                    headers["If-None-Match"] = self._etag
                if self._modified:
                    headers["If-Modified-Since"] = self._modified
                request = self._client.build_request("GET", self._url, headers=headers)
                answer = self._client.send(request, stream=True)
                if answer.status_code != httpx.codes.NOT_MODIFIED:
                    _check_status(answer)
        except httpx.HTTPError as error:
            raise TransportError(_fault_of(error, running=True)) from None

    def _body(self, answer: httpx.Response) -> bytes:
        with_body = bytearray()
        try:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return b""
            for data in answer.iter_bytes():
                with_body += data
                if len(with_body) > LARGEST_BYTES:
                    raise TransportError(Fault.NOT_VIDEO)
        finally:
            answer.close()
        self._etag = answer.headers.get("etag")
        self._modified = answer.headers.get("last-modified")
        return bytes(with_body)


def _patience(fps: float | None) -> httpx.Timeout:
    if not fps:
        return _TIMEOUT
    least, most = _SILENCES_S
    silence_s = min(most, max(least, _SILENCE_INTERVALS / fps))
    return httpx.Timeout(silence_s, connect=_TIMEOUT.connect)


def _split_login(url: str) -> tuple[str, str, str]:
    """Return the address without its login, the user and the password."""
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return bare, unquote(parts.username or ""), unquote(parts.password or "")


def _check_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if status == httpx.codes.OK:
        return
    answer.close()
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise TransportError(Fault.PASSWORD_REFUSED)
    if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        raise TransportError(Fault.NOT_FOUND)
    raise TransportError(Fault.SERVER_ERROR)


def _fault_of(error: httpx.HTTPError | httpx.InvalidURL, *, running: bool) -> Fault:
    match error:
        case httpx.TimeoutException():
            return Fault.TIMEOUT
        case httpx.ConnectError():
            return Fault.UNREACHABLE
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return Fault.BAD_ADDRESS
        case httpx.TooManyRedirects() | httpx.DecodingError():
            return Fault.SERVER_ERROR
        case _:
            return Fault.ENDED if running else Fault.NOT_VIDEO
