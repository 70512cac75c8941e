"""The worker protocol, and what it must never tell."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from app.domain.camera import StreamKind
from app.domain.stream_state import Fault
from app.sources.video.address import check_address
from app.sources.video.transport import TransportError
from app.wire.worker import OpenStream, RenewStream, StreamFaulted, command_from, event_from, pack

SECRET = "rtsp://viewer:s3cret@10.0.0.9/main"


def test_messages_survive_the_pipe() -> None:
    masks = [(0.25, 0.0, 0.5, 1 / 3)]
    command = OpenStream(
        stream=4, generation=2, kind=StreamKind.RTSP, url=SECRET, fps=15.0, privacy_masks=masks
    )
    assert command_from(pack(command)) == command
    event = StreamFaulted(stream=4, generation=2, fault=Fault.TIMEOUT, retry_in_s=0.5)
    assert event_from(pack(event)) == event


def test_an_address_is_not_in_a_messages_text() -> None:
    for message in (
        OpenStream(stream=1, generation=1, kind=StreamKind.RTSP, url=SECRET, privacy_masks=[]),
        RenewStream(stream=1, url=SECRET, privacy_masks=[]),
    ):
        assert "s3cret" not in repr(message)
        assert "10.0.0.9" not in str(message)


def test_a_refused_command_does_not_repeat_the_address() -> None:
    with pytest.raises(ValidationError) as refused:
        command_from(b'{"type": "open", "stream": "x", "url": "%s"}' % SECRET.encode())
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("command", ["open", "renew"])
def test_a_command_that_forgets_the_masks_is_none(command: str) -> None:
    said = {"type": command, "stream": 1, "generation": 1, "kind": "rtsp", "url": SECRET}
    if command == "renew":
        del said["generation"], said["kind"]
    command_from(json.dumps(said | {"privacy_masks": []}).encode())
    with pytest.raises(ValidationError, match="privacy_masks"):
        command_from(json.dumps(said).encode())


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", Fault.BAD_ADDRESS),
        ("camera-7", Fault.BAD_ADDRESS),
        ("rtsp://", Fault.BAD_ADDRESS),
        ("rtsp://host:port/x", Fault.BAD_ADDRESS),
        ("rtsp://[::1/x", Fault.BAD_ADDRESS),
        ("file:///etc/passwd", Fault.BAD_ADDRESS),
        ("rtsp://u:s3cret@no-such-host.invalid/x", Fault.HOST_UNKNOWN),
        ("rtsp://" + "a" * 300 + "/x", Fault.HOST_UNKNOWN),
    ],
)
def test_a_wrong_address_has_its_own_fault_and_is_not_repeated(url: str, fault: Fault) -> None:
    with pytest.raises(TransportError) as refused:
        check_address(url, {"rtsp": 554})
    assert refused.value.fault is fault
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
