"""What the verifier finds of whatever is done to an exported recording (R35)."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app import evidence_verifier
from main import main
from tests.hub.office import Office, in_office
from tests.hub.test_exports import FOOTAGE, NAME, begin_saving, claim, export, look
from tests.hub.test_shifts import furnish


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exported recording, as a desk leaves it, and the hub's public key."""
    folder = tmp_path_factory.mktemp("export")
    (folder / "hub").mkdir()

    async def scene(office: Office) -> None:
        await furnish(office)
        operator = office.bearer("operator")
        lease = await look(office, operator)
        office.now += timedelta(minutes=1)
        use = await begin_saving(office, operator, lease)
        told = await export(office, operator, claim(office, use))
        (folder / NAME).write_bytes(FOOTAGE)
        (folder / "gate.mkv.manifest.json").write_bytes(told["manifest"].encode())
        (folder / "gate.mkv.manifest.sig").write_bytes(base64.b64decode(told["signature"]))
        (pem,) = (folder / "checkpoints").glob("*.pem")
        shutil.copy(pem, folder / "hub.pem")

    in_office(folder / "hub", scene, folder / "checkpoints")
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "export"))


def verified(folder: Path, capsys: pytest.CaptureFixture[str], key: str = "hub.pem") -> tuple[int, str]:
    more = ["--key", str(folder / key)] if key else []
    code = main(["evidence", "verify", str(folder / "gate.mkv.manifest.json"), *more])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def manifest_of(folder: Path) -> Any:
    return json.loads((folder / "gate.mkv.manifest.json").read_bytes())


def test_an_untouched_export_is_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = verified(folder, capsys)
    assert code == 0
    assert "gate.mkv: untouched since hub" in text
    code, text = verified(folder, capsys, key="")
    assert code == 0
    assert "not which hub signed it" in text


def test_a_manifest_says_what_the_hub_has_on_record(folder: Path) -> None:
    told = manifest_of(folder)
    assert told["files"] == [
        {"name": NAME, "size": len(FOOTAGE), "sha256": hashlib.sha256(FOOTAGE).hexdigest()}
    ]
    assert told["camera"] == {"id": "near", "name": "near"}
    assert (told["operator"], told["reason"], told["incident_id"]) == ("operator", "gunshot", None)
    assert told["consent"] is None
    assert told["clock_offset"] == {"hub_minus_desk_s": 90.0, "uncertainty_s": 0.101}
    assert told["range"]["to"] == "2026-11-26T08:59:30.000Z"
    assert told["saving"]["at"] == "2026-11-26T09:01:00.000Z"
    assert "Matroska" in told["stream"]["copy"]


def flip_a_bit(folder: Path) -> None:
    data = bytearray((folder / NAME).read_bytes())
    data[1000] ^= 1
    (folder / NAME).write_bytes(data)


def change_a_field(folder: Path) -> None:
    file = folder / "gate.mkv.manifest.json"
    file.write_text(file.read_text().replace('"operator": "operator"', '"operator": "supervisor"'))


def drop_a_field(folder: Path) -> None:
    told = manifest_of(folder)
    del told["reason"]
    (folder / "gate.mkv.manifest.json").write_text(json.dumps(told))


def name_another_file(folder: Path) -> None:
    told = manifest_of(folder)
    told["files"][0]["name"] = "../hub.pem"
    (folder / "gate.mkv.manifest.json").write_text(json.dumps(told))


def call_another(told: Any) -> None:
    told["operator"] = "supervisor"


def sign_anew(folder: Path, change: Callable[[Any], None] = call_another) -> None:
    """Do what whoever has another key can do: a whole manifest of their own."""
    key, told = Ed25519PrivateKey.generate(), manifest_of(folder)
    change(told)
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    told["key"] = {"id": hashlib.sha256(raw).hexdigest()[:16], "ed25519": base64.b64encode(raw).decode()}
    data = json.dumps(told).encode()
    (folder / "gate.mkv.manifest.json").write_bytes(data)
    (folder / "gate.mkv.manifest.sig").write_bytes(key.sign(data))


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (flip_a_bit, "gate.mkv: it was changed: its SHA-256 is not the manifest's"),
        (lambda f: (f / NAME).write_bytes(FOOTAGE[:-1]), "gate.mkv: it has 16383 bytes"),
        (lambda f: (f / NAME).unlink(), "gate.mkv: it is missing"),
        (lambda f: (f / "gate.mkv.manifest.sig").unlink(), "gate.mkv.manifest.sig: it is missing"),
        (lambda f: (f / "gate.mkv.manifest.sig").write_bytes(b"x"), "the signature does not fit"),
        (lambda f: (f / "gate.mkv.manifest.json").write_text("{"), "gate.mkv.manifest.json: it was changed"),
        (change_a_field, "gate.mkv.manifest.json: it or gate.mkv.manifest.sig was changed"),
        (drop_a_field, 'gate.mkv.manifest.json: its field "reason" is missing'),
        (name_another_file, 'its field "files" names what is no file beside it'),
        (sign_anew, 'gate.mkv.manifest.json: its field "key" names'),
    ],
)
def test_whatever_is_done_to_an_export_is_found(
    folder: Path, capsys: pytest.CaptureFixture[str], deed: Callable[[Path], object], words: str
) -> None:
    deed(folder)
    code, text = verified(folder, capsys)
    assert code == 1
    assert words in text


def test_what_is_no_manifest_or_no_key_cannot_be_verified(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evidence_verifier.main([str(folder / NAME)]) == 2
    (folder / "none.pem").write_text("nothing")
    assert verified(folder, capsys, key="none.pem")[0] == 2
    (folder / "gate.mkv.manifest.json").unlink()
    assert verified(folder, capsys)[0] == 2


def test_the_verifier_stands_alone(folder: Path, tmp_path: Path) -> None:
    alone = Path(shutil.copy(evidence_verifier.__file__, tmp_path / "alone.py"))
    ended = subprocess.run(
        [sys.executable, "-I", str(alone), str(folder / "gate.mkv.manifest.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_name_that_the_console_cannot_show_is_no_fault_of_the_file(folder: Path) -> None:
    def name_it_oddly(told: Any) -> None:
        told["camera"]["name"] = "Ворота\n\x1b[2Kgate.mkv"

    sign_anew(folder, name_it_oddly)
    ended = subprocess.run(
        [sys.executable, evidence_verifier.__file__, str(folder / "gate.mkv.manifest.json")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "\\u0412" in ended.stdout
    assert "\x1b" not in ended.stdout
    assert len(ended.stdout.splitlines()) == 3
