"""Verifies an exported recording against its manifest and names the file or field at fault. It stands alone:
this file, Python and `cryptography` are enough, and nothing of the hub that signed it is asked.

    python evidence_verifier.py NAME.manifest.json [--key FILE]

NAME.manifest.sig and the files that the manifest names are looked for beside it. FILE holds the hub's public
keys that you trust, in PEM: the hub writes them beside its record's checkpoints, as HUB-ID.pem. Without it
the manifest's own key is used, which shows that nothing was changed since somebody signed, and not who
that was.

What each part shows:
* the signature, that the manifest is byte for byte what the hub signed;
* the SHA-256 and size, that a file is byte for byte what the manifest speaks of;
* the audit position and hash, where the export stands on the hub's record: verify that with its own verifier.

Exit code 0: all is well. 1: a file or field is at fault. 2: it could not be verified.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

FORMAT = "watchfloor evidence 1"
MANIFEST, SIGNATURE = ".manifest.json", ".manifest.sig"
_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----\n?", re.DOTALL)
_PIECE = 1 << 20
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "hub_id": str,
    "files": list,
    "camera": dict,
    "stream": dict,
    "range": dict,
    "clock_offset": dict,
    "told_by_the_desk": list,
    "operator": str,
    "reason": str,
    "incident_id": (str, type(None)),
    "second_person": (dict, type(None)),
    "consent": (dict, type(None)),
    "saving": dict,
    "audit": dict,
    "key": dict,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: ``faults`` is empty when all is well, else each names its file or field first."""

    faults: tuple[str, ...]
    manifest: dict[str, object]


class UnverifiableError(Exception):
    """What was given is no manifest or no key; the text says which."""


def verify(file: Path, trusted: dict[str, Ed25519PublicKey] | None) -> Verdict:
    """Hold a manifest against its signature, and what it names against the manifest.

    Args:
        file: the manifest.
        trusted: public keys by their id; None takes the manifest's own.

    Raises:
        UnverifiableError: the file is no manifest that can be read.
    """
    if not file.name.endswith(MANIFEST):
        raise UnverifiableError(f"{file.name} is no manifest: its name ends with {MANIFEST}.")
    data = _bytes(file)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        # Whatever is in it now, a hub's signature cannot fit it.
        return Verdict((f"{file.name}: it was changed, and cannot even be read",), {})
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return Verdict((f'{file.name}: its field "format" is not "{FORMAT}"',), {})
    faults = [
        f'{file.name}: its field "{name}" is missing or of another kind'
        for name, kind in _FIELDS.items()
        if name not in document or not isinstance(document[name], kind)
    ]
    signature = file.with_name(file.name.removesuffix(MANIFEST) + SIGNATURE)
    faults += _signature_faults(file, data, document.get("key"), signature, trusted)
    files = document.get("files")
    for entry in files if isinstance(files, list) else []:
        faults += _file_faults(file, entry)
    if not files:
        faults.append(f'{file.name}: its field "files" names none')
    return Verdict(tuple(faults), document)


def _signature_faults(
    file: Path, data: bytes, named: object, signature: Path, trusted: dict[str, Ed25519PublicKey] | None
) -> list[str]:
    own = _own_key(named)
    if own is None:
        return [f'{file.name}: its field "key" holds no Ed25519 key with its id']
    key_id, key = own
    if trusted is not None:
        if key_id not in trusted:
            return [f'{file.name}: its field "key" names {key_id}, which is not a key that you trust']
        key = trusted[key_id]
    try:
        signed = signature.read_bytes()
    except FileNotFoundError:
        return [f"{signature.name}: it is missing"]
    except OSError as error:
        raise UnverifiableError(f"{signature.name} cannot be read: {error.strerror}.") from error
    try:
        key.verify(signed, data)
    except InvalidSignature:
        return [f"{file.name}: it or {signature.name} was changed: the signature does not fit"]
    return []


def _own_key(named: object) -> tuple[str, Ed25519PublicKey] | None:
    if not isinstance(named, dict):
        return None
    try:
        raw = base64.b64decode(str(named.get("ed25519")), validate=True)
        key = Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        return None
    return (key_id(key), key) if named.get("id") == key_id(key) else None


def _file_faults(manifest: Path, entry: object) -> list[str]:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(name, str) or not _is_plain(name):
        return [f'{manifest.name}: its field "files" names what is no file beside it']
    path = manifest.with_name(name)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except FileNotFoundError:
        return [f"{name}: it is missing"]
    except OSError as error:
        raise UnverifiableError(f"{name} cannot be read: {error.strerror}.") from error
    if size != entry.get("size"):
        return [f"{name}: it has {size} bytes, and the manifest speaks of {entry.get('size')}"]
    if digest.hexdigest() != entry.get("sha256"):
        return [f"{name}: it was changed: its SHA-256 is not the manifest's"]
    return []


def _is_plain(name: str) -> bool:
    """Say whether a name is a file's alone: nothing beside the manifest's own folder is ever opened."""
    return bool(name) and name.isprintable() and name not in (".", "..") and not set(name) & set("/\\:")


def key_id(key: Ed25519PublicKey) -> str:
    """Return the first 16 hex digits of the SHA-256 of a public key."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def read_keys(data: bytes) -> dict[str, Ed25519PublicKey]:
    """Return the public keys of a PEM file by their ids.

    Raises:
        UnverifiableError: a key is no Ed25519 key, or there is none.
    """
    keys = {}
    for pem in _PEM.findall(data):
        try:
            key = load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm):
            raise UnverifiableError("A key in the file of keys cannot be read.") from None
        if not isinstance(key, Ed25519PublicKey):
            raise UnverifiableError("A key in the file of keys is not an Ed25519 key.")
        keys[key_id(key)] = key
    if not keys:
        raise UnverifiableError("The file of keys holds no public key in PEM.")
    return keys


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnverifiableError(f"{path.name} cannot be read: {error.strerror}.") from error


def main(argv: list[str]) -> int:
    """Verify and say what was found; see the module for the arguments and exit codes."""
    options = argparse.ArgumentParser(
        prog="watchfloor evidence verify", description="Verify an exported recording."
    )
    options.add_argument("manifest", type=Path, help="NAME.manifest.json, with NAME beside it")
    options.add_argument("--key", type=Path, help="the hub's public keys that you trust, in PEM")
    chosen = options.parse_args(argv)
    try:
        verdict = verify(chosen.manifest, read_keys(_bytes(chosen.key)) if chosen.key else None)
    except UnverifiableError as error:
        _say(sys.stderr, f"{error}\n")
        return 2
    if verdict.faults:
        _say(sys.stdout, "".join(f"{fault}.\n" for fault in verdict.faults))
        return 1
    _say(sys.stdout, _well(verdict.manifest))
    if chosen.key is None:
        _say(
            sys.stdout,
            "No key was given: this shows that nothing was changed, and not which hub signed it.\n",
        )
    return 0


def _say(stream: TextIO, text: str) -> None:
    """Write text as far as the stream can take it: a name that it cannot is no fault of the file."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _plain(told: object) -> str:
    """Return what somebody wrote in one line, that no terminal obeys."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(told))


def _well(manifest: dict[str, object]) -> str:
    """Return what an untouched export says of itself."""
    files, camera, audit, key = (manifest[name] for name in ("files", "camera", "audit", "key"))
    assert isinstance(files, list)
    assert isinstance(camera, dict)
    assert isinstance(audit, dict)
    assert isinstance(key, dict)
    names = ", ".join(str(file["name"]) for file in files)
    untouched = f"{names}: untouched since hub {manifest['hub_id']} signed for it with key {key['id']}."
    whose = (
        f"Camera {camera.get('name') or camera.get('id')}, saved by {manifest['operator']}; "
        f"record {audit.get('position')}, {audit.get('hash')}."
    )
    return f"{_plain(untouched)}\n{_plain(whose)}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
