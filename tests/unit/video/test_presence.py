"""What the operator reads when libVLC is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.sources.video import presence
from app.sources.video.presence import probe_libvlc, remedy
from app.sources.video.vlc_decoder import VlcDecoder


def test_libvlc_works_here() -> None:
    assert probe_libvlc() is None


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("ID=debian\n", "apt install libvlc5 vlc-plugin-base"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "apt install libvlc5 vlc-plugin-base"),
        ("ID=fedora\n", "dnf install"),
        ("ID=arch\n", "your distribution"),
    ],
)
def test_linux_is_told_its_own_command(tmp_path: Path, release: str, words: str) -> None:
    file = tmp_path / "os-release"
    file.write_text(release)
    assert words in remedy("linux", file)


def test_other_systems_are_told_where_vlc_is(tmp_path: Path) -> None:
    assert "brew" in remedy("darwin")
    assert "64-bit" in remedy("win32")
    assert "your distribution" in remedy("linux", tmp_path / "none")


def test_a_missing_library_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> VlcDecoder:
        raise OSError("libvlc.so.5: cannot open shared object file")

    monkeypatch.setattr(presence, "VlcDecoder", fail)
    found = probe_libvlc()
    assert found is not None
    assert remedy() in found


def test_a_missing_plugin_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sources.video.vlc_decoder._PLUGINS", ("ts", "no_such_plugin"))
    found = probe_libvlc()
    assert found is not None
    assert "no_such_plugin" in found
    assert "ts," not in found
