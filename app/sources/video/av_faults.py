"""FFmpeg's errors as faults. Their texts hold the camera's address and are never passed on."""

from __future__ import annotations

import errno

import av.error

from app.domain.stream_state import Fault

_BY_TYPE: tuple[tuple[type[Exception], Fault], ...] = (
    (av.error.HTTPUnauthorizedError, Fault.PASSWORD_REFUSED),
    (av.error.HTTPForbiddenError, Fault.PASSWORD_REFUSED),
    (av.error.HTTPNotFoundError, Fault.NOT_FOUND),
    (av.error.HTTPServerError, Fault.SERVER_ERROR),
    (av.error.HTTPClientError, Fault.SERVER_ERROR),
    (av.error.ExitError, Fault.TIMEOUT),
    (av.error.EOFError, Fault.ENDED),
    (av.error.InvalidDataError, Fault.NOT_VIDEO),
    (av.error.ProtocolNotFoundError, Fault.BAD_ADDRESS),
    (av.error.DemuxerNotFoundError, Fault.NOT_VIDEO),
    (av.error.DecoderNotFoundError, Fault.CODEC_UNSUPPORTED),
    (av.error.PatchWelcomeError, Fault.CODEC_UNSUPPORTED),
)
_BY_ERRNO = {
    errno.ECONNREFUSED: Fault.UNREACHABLE,
    errno.EHOSTUNREACH: Fault.UNREACHABLE,
    errno.ENETUNREACH: Fault.UNREACHABLE,
    errno.EHOSTDOWN: Fault.UNREACHABLE,
    errno.ECONNRESET: Fault.ENDED,
    errno.ECONNABORTED: Fault.ENDED,
    errno.EPIPE: Fault.ENDED,
    errno.ETIMEDOUT: Fault.TIMEOUT,
    errno.EAGAIN: Fault.TIMEOUT,
    errno.EINVAL: Fault.NOT_VIDEO,
    errno.EPROTONOSUPPORT: Fault.NOT_VIDEO,
    errno.EPROTO: Fault.SERVER_ERROR,
}


def fault_of(error: Exception, *, running: bool) -> Fault:
    """Return the fault that an exception of PyAV means; ``running`` once packets have been read."""
    for kind, fault in _BY_TYPE:
        if isinstance(error, kind):
            return fault
    number = error.errno if isinstance(error, (OSError, av.error.FFmpegError)) else None
    if number in _BY_ERRNO:
        return _BY_ERRNO[number]
    return Fault.ENDED if running else Fault.SERVER_ERROR
