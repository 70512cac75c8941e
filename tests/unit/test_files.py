from __future__ import annotations

from pathlib import Path

import pytest

from app.config import Settings, load_settings
from app.domain.errors import SourceError
from app.log import strike_logins
from app.sources.files import JsonFile, set_aside, write_whole
from tests.fakes.world import START


def json_file(path: Path, told: list[str]) -> JsonFile:
    return JsonFile(path, lambda: START, told.append)


def test_a_document_is_written_whole_and_read_back(tmp_path: Path) -> None:
    told: list[str] = []
    file = json_file(tmp_path / "deep" / "workspace.json", told)
    assert file.load() == {}
    file.save({"walls": {"ä": 1}})
    assert file.load() == {"walls": {"ä": 1}}
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["workspace.json"]
    assert not told


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 200_000])
def test_a_damaged_document_is_set_aside_with_a_date_and_said(tmp_path: Path, rubbish: bytes) -> None:
    told: list[str] = []
    path = tmp_path / "workspace.json"
    path.write_bytes(rubbish)
    assert json_file(path, told).load() == {}
    aside = tmp_path / "workspace-2026-01-05T21-00-00.damaged.json"
    assert aside.read_bytes() == rubbish
    assert told == [f"workspace.json was damaged and is kept as {aside.name}."]


def test_two_damaged_files_of_one_second_are_both_kept(tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        path = tmp_path / "x.json"
        path.write_bytes(content)
        set_aside(path, START)
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"one", b"two"]


def test_a_write_that_fails_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    write_whole(path, b"old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


def test_settings_are_read_and_their_absence_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    assert load_settings(path) == (Settings(), "")
    path.write_text('operator = "Dana"\n[video]\nstreams_per_worker = 2\n', "utf-8")
    settings, notice = load_settings(path)
    assert (settings.operator, settings.video.streams_per_worker, notice) == ("Dana", 2, "")


def test_metrics_are_served_only_where_the_settings_say_so(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    assert not load_settings(path)[0].metrics.enabled
    path.write_text("[metrics]\nenabled = true\nport = 0\n", "utf-8")
    settings, notice = load_settings(path)
    assert (settings.metrics.enabled, settings.metrics.port, notice) == (True, 0, "")
    path.write_text("[metrics]\nport = 70000\n", "utf-8")
    assert "metrics.port" in load_settings(path)[1]


def test_a_wrong_setting_names_itself_and_is_left_for_its_author(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[video]\nstreams_per_worker = 99\n", "utf-8")
    settings, notice = load_settings(path)
    assert settings.video.streams_per_worker == 4
    assert "video.streams_per_worker" in notice
    assert path.exists()


def test_settings_that_are_no_toml_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\x00\xff not toml")
    _, notice = load_settings(path)
    assert "damaged" in notice
    assert not path.exists()
    assert len(list(tmp_path.iterdir())) == 1


def test_logins_in_addresses_never_reach_the_log() -> None:
    line = strike_logins(None, "info", {"event": "open rtsp://bob:hunter2@10.0.0.1/a", "n": 1})
    assert line == {"event": "open rtsp://…@10.0.0.1/a", "n": 1}


def test_a_document_that_is_there_but_cannot_be_read_stops_the_start_in_words(tmp_path: Path) -> None:
    path = tmp_path / "workspace.json"
    path.mkdir()
    with pytest.raises(SourceError, match="cannot be read"):
        json_file(path, []).load()
    assert path.is_dir()


def test_half_of_a_surrogate_pair_in_a_draft_is_kept(tmp_path: Path) -> None:
    file = json_file(tmp_path / "workspace.json", [])
    file.save({"draft": "\ud83d"})
    assert file.load() == {"draft": "\ud83d"}


def test_settings_that_cannot_be_read_are_said_and_the_defaults_hold(tmp_path: Path) -> None:
    settings, notice = load_settings(tmp_path)
    assert settings == Settings()
    assert "cannot be read" in notice


@pytest.mark.parametrize("password", ["p@ss", "a/b", "a@b/c"])
def test_a_password_with_the_addresss_own_signs_is_struck_out_whole(password: str) -> None:
    line = strike_logins(None, "info", {"event": f"open rtsp://bob:{password}@10.0.0.1/a now"})
    assert line == {"event": "open rtsp://…@10.0.0.1/a now"}
