"""Which hubs a console believes: those that the system's authorities, or the site's own, vouch for.

There is no way to look past a certificate: whoever can answer in the hub's place would get every password.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

from app.domain.errors import OperatorError

# OpenSSL's X509_V_ERR_ numbers (x509_vfy.h).
_NOT_YET_VALID, _EXPIRED = 9, 10
_UNKNOWN = frozenset({2, 18, 19, 20, 21})
_WRONG_NAME = frozenset({62, 64})


def trust(authority: Path | None = None) -> ssl.SSLContext:
    """Return what verifies a hub: by the system's authorities, or by those of one file in PEM alone.

    Raises:
        OperatorError: the file cannot be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=authority)
    except ssl.SSLError as error:
        raise OperatorError(
            f"{authority and authority.name} holds no certificate in PEM.",
            "It begins with -----BEGIN CERTIFICATE-----; the site's administrator has it.",
        ) from error
    except OSError as error:
        raise OperatorError(
            f"The file of authorities {authority and authority.name} cannot be read: {error.strerror}.",
            "Check its path and rights.",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def mistrust(error: BaseException, host: str) -> OperatorError | None:
    """Return in words why a hub is not believed; None when the error comes from something else.

    Args:
        error: what a connection failed with, of httpx or websockets.
        host: the hub's name or address as it was asked for.
    """
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return OperatorError(*_words(cause.verify_code, host))
        if isinstance(cause, ssl.SSLError) and cause.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST"}:
            return OperatorError(
                f"What answers at {host} does not speak TLS.",
                "Check the hub's port, and that it was started with --tls-cert.",
            )
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _words(code: int, host: str) -> tuple[str, str]:
    if code == _EXPIRED:
        return f"The certificate of {host} has expired.", "Tell the administrator: it has to be renewed."
    if code == _NOT_YET_VALID:
        return f"The certificate of {host} is not valid yet.", "Check this computer's clock and the hub's."
    if code in _WRONG_NAME:
        return (
            f"The certificate that was shown is not for {host}.",
            "Use the name that the certificate is made for; another machine may answer in its place.",
        )
    if code in _UNKNOWN:
        return (
            f"Nobody that this computer trusts vouches for {host}.",
            "Name the site's own authority, or have it added to the system's.",
        )
    return f"The certificate of {host} cannot be trusted (OpenSSL {code}).", "Tell the administrator."
