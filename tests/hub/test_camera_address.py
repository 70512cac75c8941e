"""Where logins hide in addresses, and that they do not stay in what is listed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hub.camera_address import parse_address, scrubbed

SECRET = [
    ("rtsp://admin:pw1@10.0.0.1:554/s", "rtsp://10.0.0.1:554/s"),
    ("rtsp://admin@10.0.0.1/s", "rtsp://10.0.0.1/s"),
    ("rtsp://ad:p@w:1@10.0.0.1/s", "rtsp://10.0.0.1/s"),
    ("rtsp://u:p%40w@[::1]:554/s", "rtsp://[::1]:554/s"),
    ("http://h/snap.cgi?user=a&pwd=pw1&ch=2", "http://h/snap.cgi?user=&pwd=&ch=2"),
    ("http://h/snap.cgi?USR=a&Password=pw1", "http://h/snap.cgi?USR=&Password="),
    ("https://h/x.m3u8?token=pw1", "https://h/x.m3u8?token="),
    ("https://h/x.m3u8?access_token=pw1&api_key=pw1", "https://h/x.m3u8?access_token=&api_key="),
    (
        "rtsp://h/user=admin&password=pw1&channel=1&stream=0.sdp",
        "rtsp://h/user=&password=&channel=1&stream=0.sdp",
    ),
    (
        "rtsp://h/user=admin_password=pw1_channel=1_stream=0.sdp",
        "rtsp://h/user=_password=_channel=1_stream=0.sdp",
    ),
]


@pytest.mark.parametrize(("text", "listed"), SECRET)
def test_login_is_split_off_and_the_whole_kept(text: str, listed: str) -> None:
    address = parse_address(text)
    assert (address.listed, address.full, address.has_secret) == (listed, text, True)
    assert "pw1" not in repr(address)


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("HTTPS://Example.INVALID/Path/A.jpg?id=7#top", "https://example.invalid/Path/A.jpg?id=7"),
        (" rtsp://h/s ", "rtsp://h/s"),
        ("http://h/a b.jpg", "http://h/a%20b.jpg"),
        ("http://h/keyhole.jpg?monkey=1&bypass=2", "http://h/keyhole.jpg?monkey=1&bypass=2"),
    ],
)
def test_address_without_login_is_listed_whole(text: str, listed: str) -> None:
    address = parse_address(text)
    assert (address.listed, address.full, address.has_secret) == (listed, listed, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cam7",
        "file:///etc/passwd",
        "ftp://u:pw1@h/x",
        "rtsp://",
        "http:///x",
        "rtsp://u:pw1@:99999/",
        "http://u:pw1@[::1/x",
        "http://h:port/pw1",
        "http://h/\x00pw1",
        "http://h/" + "x" * 3000,
        "javascript:alert(1)",
    ],
)
def test_what_is_no_camera_address_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(ValueError, match="address") as refused:
        parse_address(text)
    assert "pw1" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_logins_are_struck_from_free_text() -> None:
    assert scrubbed("see rtsp://a:pw1@h/x and http://h/?pwd=pw1") == "see rtsp://h/x and http://h/?pwd=…"
    assert scrubbed("5th & Main, key=2") == "5th & Main, key=2"


@given(st.from_regex(r"[A-Za-z0-9]{8,20}", fullmatch=True), st.sampled_from(["rtsp", "http", "https"]))
def test_no_password_stays_before_the_host(password: str, scheme: str) -> None:
    address = parse_address(f"{scheme}://user:{password}Q7@host.invalid/live.jpg")
    assert password not in address.listed
    assert address.full.startswith(f"{scheme}://user:{password}Q7@")
