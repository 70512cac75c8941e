"""What decodes on this computer, as it is set and as it is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.config import VideoSettings
from app.sources.video import decoder_choice, hardware
from app.sources.video.decoder_choice import DecoderMissingError, choose_decoder
from app.sources.video.ffmpeg_decoder import FfmpegDecoder
from app.sources.video.hardware import HardwareFirst
from app.sources.video.vlc_decoder import VlcDecoder

MISSING = "libVLC is not installed: sudo apt install libvlc5"


@pytest.fixture
def without_libvlc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder_choice, "start_libvlc", lambda: (None, MISSING))


@pytest.fixture
def with_hardware(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    def there(worth_it: bool) -> None:
        words = "In hardware where VA-API takes the stream" if worth_it else "In software: no graphics device"
        monkeypatch.setattr(hardware, "probe", lambda _has_plugin: (worth_it, words))

    return there


def test_ffmpeg_decodes_in_software_unless_libvlc_is_chosen() -> None:
    assert VideoSettings().decoder == "ffmpeg"
    assert isinstance(choose_decoder("ffmpeg", hardware=False), FfmpegDecoder)
    assert isinstance(choose_decoder("libvlc", hardware=False), VlcDecoder)


@pytest.mark.usefixtures("without_libvlc")
def test_libvlc_is_needed_only_where_it_is_chosen() -> None:
    assert choose_decoder("ffmpeg", hardware=False).words == "In software, by FFmpeg"
    with pytest.raises(DecoderMissingError, match="apt install libvlc5"):
        choose_decoder("libvlc", hardware=False)


@pytest.mark.usefixtures("without_libvlc")
def test_without_libvlc_nothing_is_decoded_in_hardware_and_the_words_say_why() -> None:
    chosen = choose_decoder("ffmpeg", hardware=True)
    assert isinstance(chosen, FfmpegDecoder)
    assert chosen.words == f"In software, by FFmpeg: {MISSING}"
    assert FfmpegDecoder.words == "In software, by FFmpeg"


@pytest.mark.parametrize(("name", "software"), [("ffmpeg", FfmpegDecoder), ("libvlc", VlcDecoder)])
def test_hardware_comes_first_and_what_was_chosen_is_its_way_back(
    with_hardware: Callable[[bool], None], name: str, software: type
) -> None:
    with_hardware(True)
    chosen = choose_decoder(name, hardware=True)
    assert isinstance(chosen, HardwareFirst)
    assert chosen.in_hardware
    assert isinstance(chosen._software, software)


@pytest.mark.parametrize(("name", "software"), [("ffmpeg", FfmpegDecoder), ("libvlc", VlcDecoder)])
def test_without_hardware_what_was_chosen_decodes_and_says_why(
    with_hardware: Callable[[bool], None], name: str, software: type
) -> None:
    with_hardware(False)
    chosen = choose_decoder(name, hardware=True)
    assert isinstance(chosen, software)
    assert chosen.words == "In software: no graphics device"
