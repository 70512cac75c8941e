"""The site's certificate: read and judged in words before the hub listens, and renewed while it runs."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from app.domain.errors import OperatorError

log = structlog.get_logger("hub")

_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: a key that is stolen later opens nothing that was recorded. TLS 1.3 has no others."""


class Certificate:
    """The certificate that the hub shows. ``context`` stays the same when it is renewed."""

    def __init__(self, chain: Path, key: Path, now: Callable[[], datetime]) -> None:
        """Read it.

        Args:
            chain: the certificate and those between it and its authority, in PEM.
            key: its private key, in PEM, without a passphrase.
            now: the wall clock, in UTC.

        Raises:
            OperatorError: a file cannot be read or used, or the certificate is not valid now.
        """
        self._chain = chain
        self._key = key
        self._now = now
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_ciphers(_CIPHERS)
        self.context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
        self.context.set_alpn_protocols(["http/1.1"])
        self._load()

    def renew(self) -> None:
        """Read the files again: new connections get the new certificate. What is unfit leaves the old one."""
        try:
            self._load()
        except OperatorError as error:
            log.error("the certificate is not renewed", reason=error.message, hint=error.hint)
        else:
            log.info("the certificate is renewed")

    def _load(self) -> None:
        certificate = _certificate(self._chain)
        if not certificate.not_valid_before_utc <= self._now() < certificate.not_valid_after_utc:
            begin, end = (
                f"{at:%Y-%m-%d %H:%M} UTC"
                for at in (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
            )
            raise OperatorError(
                f"The certificate {self._chain.name} is valid from {begin} to {end}, and that is not now.",
                "Have it renewed; look at this computer's clock too.",
            )
        key = _private_key(self._key)
        if _public(certificate.public_key()) != _public(key.public_key()):
            raise OperatorError(
                f"The key {self._key.name} does not belong to the certificate {self._chain.name}.",
                "Name two files that were made together; the site's own certificate comes first in its.",
            )
        try:
            self.context.load_cert_chain(self._chain, self._key, password=_no_passphrase)
        except (OSError, ValueError) as error:
            raise OperatorError(
                f"TLS cannot use the certificate {self._chain.name}: {_reason(error)}.",
                "Have another one made, with an RSA key of 2048 bits or an EC key.",
            ) from error


def _certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_read(file, "certificate"))
    except ValueError as error:
        raise OperatorError(
            f"{file.name} is no certificate in PEM.", "It begins with -----BEGIN CERTIFICATE-----."
        ) from error


def _private_key(file: Path) -> PrivateKeyTypes:
    data = _read(file, "key")
    _check_private(file)
    try:
        return load_pem_private_key(data, None)
    except TypeError:
        raise OperatorError(
            f"The key {file.name} has a passphrase, and nobody is there to type it.",
            "Take it away: openssl pkey -in OLD -out NEW, and let only the hub's account read the new file.",
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        # From None: nothing of a key is for a log.
        raise OperatorError(
            f"{file.name} is no private key in PEM.", "It begins with -----BEGIN PRIVATE KEY-----."
        ) from None


def _read(file: Path, what: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise OperatorError(
            f"The {what} {file.name} cannot be read: {error.strerror}.",
            "Check the path, and that the hub's account may read the file.",
        ) from error


def _check_private(file: Path) -> None:
    """Refuse a key that others can read, by PostgreSQL's rule; on Windows the folder's own rights do that."""
    if sys.platform == "win32":
        return
    found = file.stat()
    # A key of the system's own may be read by a group, as Debian's ssl-cert.
    if found.st_mode & (0o037 if found.st_uid == 0 else 0o077):
        raise OperatorError(
            f"The key {file.name} can be read by others on this computer.", f"Run: chmod 600 {file}"
        )


def _public(key: object) -> bytes:
    data: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined] # every key has it
    return data


def _no_passphrase() -> str:
    """Keep OpenSSL from asking at the terminal, where the file was exchanged after it was judged."""
    return ""


def _reason(error: OSError | ValueError) -> str:
    return str(getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__)
