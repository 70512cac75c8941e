"""Camera files as they come: what is taken, and what is refused with its number and reason."""

from __future__ import annotations

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.camera import Quality, StreamKind
from app.domain.privacy_mask import PrivacyMask
from app.hub.camera_rows import FoundCamera
from app.hub.degrees import Axis, read_degrees
from app.hub.import_cameras import CameraFile, read_camera_file
from app.hub.refusals import UnfitError

HEADER = "name,lat,lon,url"


def rows(*lines: str, header: str = HEADER) -> CameraFile:
    return read_camera_file("\n".join([header, *lines]).encode())


def only(file: CameraFile) -> FoundCamera:
    assert file.refused == ()
    (found,) = file.found
    return found


def reason(*lines: str, header: str = HEADER) -> str:
    file = rows(*lines, header=header)
    assert len(file.refused) == 1, file
    return file.refused[0].reason


def test_csv_with_every_column() -> None:
    found = only(
        rows(
            "c1;5th & Main;43,1;-77,6;SW;90;rtsp://10.0.0.1/main;rtsp://10.0.0.1/sub;rtsp;Downtown;school|bridge",
            header="Camera ID;Description;Latitude;LNG;Heading;FOV;main_url;Sub URL;Type;City;Tags",
        )
    )
    camera = found.camera
    assert (camera.id, camera.name, camera.place) == ("c1", "5th & Main", "Downtown")
    assert (camera.position.lat, camera.position.lon) == (43.1, -77.6)
    assert (camera.bearing_deg, camera.fov_deg, camera.tags) == (225.0, 90.0, ("school", "bridge"))
    assert [(s.quality, s.kind) for s in camera.streams] == [
        (Quality.MAIN, StreamKind.RTSP),
        (Quality.SUB, StreamKind.RTSP),
    ]
    assert found.addresses[Quality.SUB].full == "rtsp://10.0.0.1/sub"


def test_delimiters_and_encodings_of_spreadsheets() -> None:
    lines = [["name", "lat", "lon", "url"], ["Großer Platz", "43.1", "-77.6", "http://h/a.jpg"], []]
    for delimiter, newline, encoding in product(
        ",;\t|", ("\n", "\r\n"), ("utf-8", "utf-8-sig", "latin-1", "utf-16")
    ):
        text = newline.join(delimiter.join(line) for line in lines)
        assert only(read_camera_file(text.encode(encoding))).camera.name == "Großer Platz"


def test_our_json() -> None:
    streams = [
        {
            "quality": "main",
            "kind": "hls",
            "url": "https://h/a.m3u8",
            "width": 1280,
            "height": 720,
            "fps": 15,
        },
        {"quality": "sub", "kind": "jpeg", "url": "https://h/a", "width": "wide", "fps": -1},
    ]
    camera = {
        "id": 7,
        "name": "A",
        "lat": 1,
        "lon": 2,
        "bearing_deg": 10,
        "fov_deg": 60,
        "tags": ["x", "x", " "],
    }
    found = only(read_camera_file(json.dumps({"cameras": [camera | {"streams": streams}]}).encode())).camera
    assert (found.id, found.bearing_deg, found.fov_deg, found.tags) == ("7", 10.0, 60.0, ("x",))
    assert [(s.kind, s.width, s.height, s.fps) for s in found.streams] == [
        (StreamKind.HLS, 1280, 720, 15.0),
        (StreamKind.JPEG, None, None, None),
    ]


MASKED = "id,lat,lon,url,Privacy Masks"


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        ("0.1 0.2 0.3 0.4", [(0.1, 0.2, 0.3, 0.4)]),
        (" 0 0 1 0.25 | 0,5  0,5 0,5 0,5 ", [(0, 0, 1, 0.25), (0.5, 0.5, 0.5, 0.5)]),
        ("0 0 1 1; 0 0 .1 .1", [(0, 0, 1, 1), (0, 0, 0.1, 0.1)]),
        ("none", []),
        ("None ", []),
    ],
)
def test_csv_with_privacy_masks(text: str, masks: list[tuple[float, ...]]) -> None:
    found = only(rows(f'c1,43.1,-77.6,http://h/a.jpg,"{text}"', header=MASKED))
    assert found.camera.privacy_masks == tuple(PrivacyMask(*mask) for mask in masks)
    assert found.names_masks


def test_json_with_privacy_masks() -> None:
    def masks_of(**said: object) -> tuple[tuple[PrivacyMask, ...], bool]:
        camera = {"id": "c1", "lat": 43.1, "lon": -77.6, "url": "http://h/a.jpg", **said}
        found = only(read_camera_file(json.dumps([camera]).encode()))
        return found.camera.privacy_masks, found.names_masks

    two = (PrivacyMask(0, 0.5, 1, 0.5), PrivacyMask(0.25, 0.25, 0.1, 0.1))
    assert masks_of(privacy_masks=[[0, 0.5, 1, 0.5], ["0.25", 0.25, 0.1, 0.1]]) == (two, True)
    assert masks_of(privacy_masks="0 0.5 1 0.5 | 0.25 0.25 0.1 0.1") == (two, True)
    assert masks_of(privacy_masks=[]) == ((), True)
    assert masks_of(privacy_masks=None) == ((), False)
    assert masks_of() == ((), False)


@pytest.mark.parametrize(
    ("masks", "words"),
    [
        ({"left": 0}, "privacy_masks is not a list of masks"),
        (7, "privacy_masks is not a list of masks"),
        ([0.1, 0.2, 0.3, 0.4], "privacy mask 1 is not four numbers: left, top, width, height"),
        ([[0, 0, 1, 1], [0, 0, 1]], "privacy mask 2 is not four numbers: left, top, width, height"),
        ("0.1,0.2,0.3,0.4", "privacy mask 1 is not four numbers: left, top, width, height"),
        ("0 0 1 1 |", "privacy mask 2 is not four numbers: left, top, width, height"),
        ("0 0 1 x", "privacy mask 1 holds something that is not a number"),
        ("0 0 1 nan", "privacy mask 1 holds something that is not a number"),
        ([[0, 0, 1, True]], "privacy mask 1 holds something that is not a number"),
        ([[0, 0, 1, None]], "privacy mask 1 holds something that is not a number"),
        ([[0, 0, 10**400, 1]], "privacy mask 1 holds something that is not a number"),
        ([[64, 36, 100, 50]], "privacy mask 1 is not in fractions of the picture: 64 is not between 0 and 1"),
        ([[0, -0.1, 1, 1]], "privacy mask 1 is not in fractions of the picture: -0.1 is not between 0 and 1"),
        ([[0, 0, 1, 0]], "privacy mask 1 covers nothing"),
        ([[0.6, 0, 0.5, 1]], "privacy mask 1 reaches beyond the picture"),
        ([[0, 0.6, 1, 0.5]], "privacy mask 1 reaches beyond the picture"),
        ([[0, 0, 1, 1]] * 51, "more than 50 privacy masks"),
    ],
)
def test_privacy_masks_that_are_none_are_refused_with_the_rows_number(masks: object, words: str) -> None:
    cameras = [
        {"id": f"c{n}", "lat": 43.1, "lon": -77.6, "url": f"http://h/{n}.jpg", "privacy_masks": said}
        for n, said in enumerate(([[0, 0, 1, 1]], masks))
    ]
    file = read_camera_file(json.dumps(cameras).encode())
    assert [found.row for found in file.found] == [1]
    assert [(refused.row, refused.reason) for refused in file.refused] == [(2, words)]


def test_list_by_state_and_county() -> None:
    def camera(number: int, **more: object) -> dict[str, object]:
        return {
            "description": f"I-{number}",
            "latitude": 30.5 + number / 100,
            "longitude": -88.2,
            "encoding": "H.264",
            "url": f"https://h/{number}.m3u8",
            "format": "M3U8",
            **more,
        }

    document = {
        "Alabama": {"Mobile": [camera(1, direction="Eastbound"), camera(2, direction="Median")]},
        "Ohio": {
            "Erie": [camera(3), camera(1), camera(4, format="IMAGE_STREAM", url="http://h/4"), "nonsense"]
        },
    }
    file = read_camera_file(json.dumps(document).encode())
    assert [(f.row, f.camera.place, f.camera.bearing_deg) for f in file.found] == [
        (1, "Mobile, Alabama", 90.0),
        (2, "Mobile, Alabama", None),
        (3, "Erie, Ohio", None),
        (5, "Erie, Ohio", None),
    ]
    assert file.found[3].camera.streams[0].kind is StreamKind.JPEG
    assert [(r.row, r.reason) for r in file.refused] == [
        (4, "has the same address as row 1"),
        (6, "is not an object"),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("A,,-77.6,http://h/a.jpg", "latitude is missing"),
        ("A,43.1,,http://h/a.jpg", "longitude is missing"),
        ("A,0,0.0,http://h/a.jpg", "0, 0"),
        ("A,-77.6,143.1,http://h/a.jpg", None),
        ("A,-122.4,37.7,http://h/a.jpg", "swapped"),
        ("A,200,10,http://h/a.jpg", "latitude 200"),
        ("A,10,200,http://h/a.jpg", "longitude 200"),
        ("A,north,10,http://h/a.jpg", "latitude is not a number: “north”"),
        ("A,nan,10,http://h/a.jpg", "latitude is not a number"),
        ("A,77.6 W,43.1 N,http://h/a.jpg", "swapped"),
        ("A,-43.1 S,10,http://h/a.jpg", "both a sign and a hemisphere"),
        ("A,43.1,-77.6,", "neither an address nor an id"),
        ("A,43.1,-77.6,cam.jpg", "must begin with"),
        ("A,43.1,-77.6,http://h/stream", "column “type”"),
        ("A,43.1,-77.6,http://h/a.jpg,more", "more fields than the header"),
        ('A,43.1,-77.6,"http://h/a.jpg', "quotation mark"),
        ('"A"x,43.1,-77.6,http://h/a.jpg', "quotation mark"),
    ],
)
def test_bad_row_is_refused_with_its_reason_and_the_others_are_taken(line: str, words: str | None) -> None:
    file = rows("First,43.2,-77.6,http://h/1.jpg", "", line)
    assert [found.row for found in file.found] == ([1] if words else [1, 3])
    assert [refused.row for refused in file.refused] == ([3] if words else [])
    assert all(words in refused.reason for refused in file.refused if words)


def test_rows_after_a_bad_quotation_mark_are_still_taken() -> None:
    file = rows('"A"x,1,1,http://h/1.jpg', "B,1,1,http://h/2.jpg")
    assert [found.camera.name for found in file.found] == ["B"]


def test_doubles_are_refused_by_id_and_by_address() -> None:
    file = rows(
        "a,One,1,1,http://h/1.jpg",
        "a,Two,1,1,http://h/2.jpg",
        "b,Three,1,1,http://user:other@h/1.jpg",
        "c,Four,1,1,http://h/4.jpg",
        header="id,name,lat,lon,url",
    )
    assert [found.camera.id for found in file.found] == ["a", "c"]
    assert [(r.row, r.reason) for r in file.refused] == [
        (2, "has the same id as row 1"),
        (3, "has the same address as row 1"),
    ]


def test_row_far_from_all_others_but_near_them_when_turned_is_told_and_not_turned() -> None:
    good = [f"{n},{30 + n / 10},{-60 - n / 10},http://h/{n}.jpg" for n in range(6)]
    file = rows(*good, "turned,-60.2,30.2,http://h/t.jpg", "far,10,100,http://h/f.jpg")
    assert [r.row for r in file.refused] == [7]
    assert "swapped" in file.refused[0].reason
    assert file.found[-1].camera.name == "far"


def test_made_ids_depend_on_address_and_place_and_not_on_the_login() -> None:
    header = "name,lat,lon,url,place"
    one = only(rows("A,1,1,rtsp://u:one@h/1,Here", header=header)).camera.id
    assert only(rows("B,2,2,rtsp://u:two@h/1,here", header=header)).camera.id == one
    assert only(rows("A,1,1,rtsp://u:one@h/1,There", header=header)).camera.id != one
    assert only(rows("A,1,1,rtsp://u:one@h/2,Here", header=header)).camera.id != one


def test_camera_that_is_only_registered_needs_an_id() -> None:
    found = only(rows("c1,Shop,1,1", header="id,name,lat,lon")).camera
    assert (found.id, found.streams) == ("c1", ())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!DOCTYPE html><html>lat,lon", "web page"),
        (b"name,lat,lon,url\nA,1,\x00,x", "NUL"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "NUL"),
        (b"{not json", "begins like JSON"),
        (b"[" * 100_000, "too deeply"),
        (b'{"a":' * 50_000, "too deeply"),
        (b"[]", "no cameras"),
        (b'{"cameras": []}', "no cameras"),
        (b'{"x": 1}', "no cameras"),
        (b"just some words", "neither JSON nor CSV"),
        (b"1,2,3\n4,5,6", "neither JSON nor CSV"),
        (b"name,lat,url\nA,1,x", "neither JSON nor CSV"),
        (b"name,lat,lon,url\n\n\n", "no cameras"),
        (b'"' + b"x" * 200_000, "neither CSV nor JSON"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_file_that_is_no_camera_list_is_refused_whole(content: bytes, words: str) -> None:
    with pytest.raises(UnfitError) as refused:
        read_camera_file(content)
    ((field, message),) = refused.value.fields
    assert field == "body"
    assert words in message
    assert refused.value.hint


def test_ten_megabytes_of_rubbish_are_refused() -> None:
    for content in (b"rubbish " * 1_300_000, b"x,y\n" * 2_600_000, bytes(range(32, 127)) * 105_000):
        with pytest.raises(UnfitError):
            read_camera_file(content)


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(UnfitError, match="100000 rows"):
        read_camera_file(b"lat,lon\n" + b"1,\n" * 100_002)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for start in (b"", b"name,lat,lon,url\n"):
        try:
            file = read_camera_file(start + content)
        except UnfitError:
            continue
        assert file.found or file.refused


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                ("id", "name", "lat", "lon", "url", "streams", "tags", "fov", "direction", "place", "type"),
                json_values,
            ),
        ),
        max_size=4,
    )
)
def test_any_json_rows_are_taken_or_refused_by_number(cameras: list[dict[str, object]]) -> None:
    try:
        file = read_camera_file(json.dumps({"cameras": cameras}).encode())
    except UnfitError:
        assert not cameras
        return
    numbers = [found.row for found in file.found] + [refused.row for refused in file.refused]
    assert sorted(numbers) == list(range(1, len(cameras) + 1))


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("43.1", 43.1),
        ("43,1", 43.1),
        (" -43.1 ", -43.1),
        ("−43.1", -43.1),
        ("43.1° N", 43.1),
        ("43.1°S", -43.1),
        ("N 43.1", 43.1),
        ("43 n", 43.0),
        ("43°06'N", 43.1),
        ("43° 06′ 00″ S", -43.1),
        (43, 43.0),
        (43.1, 43.1),
    ],
)
def test_latitude_as_people_write_it(text: object, degrees: float) -> None:
    assert read_degrees(text, Axis.LATITUDE) == pytest.approx(degrees)


@pytest.mark.parametrize(
    "value", [True, [], {}, "", None, "43.1.2", "4_3", "1e400", 10**400, float("inf"), "٤٣x"]
)
def test_what_is_no_latitude_is_told(value: object) -> None:
    with pytest.raises(ValueError, match="latitude"):
        read_degrees(value, Axis.LATITUDE)
