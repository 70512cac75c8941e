"""A change of the sequence parameter sets is seen in the bytes, before libVLC sees it."""

from __future__ import annotations

import av
import pytest

from app.sources.video.parameter_sets import parameter_sets, picture_end
from tests.fakes.video_clips import encode_access_units

CODECS = {"h264": "libx264", "hevc": "libx265"}


@pytest.mark.parametrize("codec", CODECS)
def test_each_key_picture_of_a_stream_has_the_same_sets_and_another_size_has_others(codec: str) -> None:
    small, large = (
        encode_access_units(width=width, height=height, seconds=2, codec=CODECS[codec])
        for width, height in ((320, 180), (640, 360))
    )
    sets = [parameter_sets(codec, unit) for unit in small]
    with_sets = {found for found in sets if found}
    assert len(with_sets) == 1
    assert sum(map(bool, sets)) >= 2
    assert with_sets != {parameter_sets(codec, large[0])}


def test_a_set_ends_where_the_next_unit_begins() -> None:
    unit = b"\0\0\0\1\x67abc\0\0\3\1def" + b"\0\0\1\x68pps" + b"\0\0\1\x65slice"
    assert parameter_sets("h264", unit) == b"\x67abc\0\0\3\1def"
    assert parameter_sets("h264", b"\0\0\1\x41slice") == b""
    assert parameter_sets("mpeg4", unit) == b""


@pytest.mark.parametrize("codec", CODECS)
def test_the_end_of_a_picture_lets_a_parser_give_it_out_at_once(codec: str) -> None:
    parser = av.CodecContext.create(codec, "r")
    units = encode_access_units(width=320, height=180, seconds=1, codec=CODECS[codec])[:5]
    assert parser.parse(units[0]) == []
    parser = av.CodecContext.create(codec, "r")
    for unit in units:
        assert len(parser.parse(unit + picture_end(codec))) >= 1
    assert picture_end("mjpeg") == b""
