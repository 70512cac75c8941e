"""TLS with the site's certificate: what is refused before the hub listens, and what a console believes."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import ssl
import sys
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from app.domain.clock import SystemClock
from app.domain.errors import OperatorError
from app.hub.config import HubConfig
from app.hub.server import Ready, serve
from app.hub.tls import Certificate
from app.hub.vault import Vault
from app.sources.hub_trust import mistrust, trust
from tests.conftest import LogLines
from tests.fakes.certificates import DAY, NOW, Authority
from tests.hub.running_hub import INGEST_TOKEN, OPERATOR_TOKEN, HubChild

AUTHORITY = Authority()
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights and no SIGHUP")


def certificate(chain: Path, key: Path) -> Certificate:
    return Certificate(chain, key, SystemClock().utc)


@asynccontextmanager
async def hub_with(folder: Path, shown: Certificate | None, host: str = "127.0.0.1") -> AsyncIterator[Ready]:
    stop = asyncio.Event()
    ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
    config = HubConfig(folder / "data", OPERATOR_TOKEN, INGEST_TOKEN, host=host)
    task = asyncio.create_task(
        serve(config, on_ready=ready.set_result, stop=stop, vault=Vault(None), certificate=shown)
    )
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if not ready.done():
            await task
        yield ready.result()
    finally:
        stop.set()
        await asyncio.wait_for(task, 15)


def console(port: int, verify: ssl.SSLContext) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"https://127.0.0.1:{port}/api/v1/", verify=verify, trust_env=False, timeout=10
    )


async def asked(port: int, verify: ssl.SSLContext) -> int:
    async with console(port, verify) as http:
        return (await http.get("health")).status_code


def test_commands_and_live_events_go_over_tls(tmp_path: Path) -> None:
    verify = trust(AUTHORITY.write(tmp_path / "ca.pem"))

    async def scene() -> None:
        async with hub_with(tmp_path, certificate(*AUTHORITY.site(tmp_path))) as ready:
            async with console(ready.port, verify) as http:
                signed_in = await http.post("session", json={"token": OPERATOR_TOKEN})
            bearer = {"Authorization": f"Bearer {signed_in.json()['session_token']}"}
            url = f"wss://127.0.0.1:{ready.port}/api/v1/live?after=0"
            async with connect(url, ssl=verify, additional_headers=bearer, proxy=None) as socket:
                assert json.loads(await socket.recv())["type"] == "welcome"

    asyncio.run(scene())


def test_with_a_certificate_the_hub_listens_beyond_loopback(tmp_path: Path) -> None:
    """On every address of this machine; only loopback is asked."""
    verify = trust(AUTHORITY.write(tmp_path / "ca.pem"))

    async def scene() -> None:
        async with hub_with(tmp_path, certificate(*AUTHORITY.site(tmp_path)), "0.0.0.0") as ready:
            assert await asked(ready.port, verify) == 200

    asyncio.run(scene())


def test_without_one_the_refusal_names_the_options(tmp_path: Path) -> None:
    async def scene() -> None:
        with pytest.raises(OperatorError) as refused:
            async with hub_with(tmp_path, None, "0.0.0.0"):
                pass
        assert "--tls-cert FILE --tls-key FILE" in refused.value.hint

    asyncio.run(scene())


def test_neither_plain_http_nor_an_old_tls_is_answered(tmp_path: Path) -> None:
    def old(port: int) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # to speak it, as it should be
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", port), 10) as raw, context.wrap_socket(raw):
            pass

    async def scene() -> None:
        async with hub_with(tmp_path, certificate(*AUTHORITY.site(tmp_path))) as ready:
            async with httpx.AsyncClient(trust_env=False) as http:
                with pytest.raises(httpx.RemoteProtocolError):
                    await http.get(f"http://127.0.0.1:{ready.port}/api/v1/health")
            with pytest.raises(ssl.SSLError):
                await asyncio.to_thread(old, ready.port)

    asyncio.run(scene())


def refusal(chain: Path, key: Path) -> OperatorError:
    with pytest.raises(OperatorError) as refused:
        certificate(chain, key)
    assert refused.value.hint
    return refused.value


def test_unfit_files_are_refused_in_words(tmp_path: Path) -> None:
    chain, key = AUTHORITY.site(tmp_path / "one")
    other_chain, other_key = AUTHORITY.site(tmp_path / "other")
    assert "does not belong" in refusal(chain, other_key).message
    assert "cannot be read: No such file" in refusal(tmp_path / "none.pem", key).message
    assert "cannot be read: No such file" in refusal(chain, tmp_path / "none.key").message
    assert "is no private key" in refusal(chain, _as_key(other_chain)).message
    assert "is no certificate" in refusal(key, key).message
    junk = tmp_path / "junk"
    junk.touch(0o600)
    junk.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n\xff")
    assert "is no certificate" in refusal(junk, key).message
    assert "is no private key" in refusal(chain, junk).message


def _as_key(file: Path) -> Path:
    file.chmod(0o600)
    return file


def test_a_certificate_that_is_not_valid_now_is_refused(tmp_path: Path) -> None:
    for begin, end in ((NOW - 9 * DAY, NOW - DAY), (NOW + DAY, NOW + 9 * DAY)):
        said = refusal(*AUTHORITY.site(tmp_path, begin=begin, end=end))
        assert f"from {begin:%Y-%m-%d %H:%M} UTC to {end:%Y-%m-%d %H:%M} UTC" in said.message


def test_a_key_with_a_passphrase_is_refused_without_asking_for_it(tmp_path: Path) -> None:
    assert "passphrase" in refusal(*AUTHORITY.site(tmp_path, passphrase=b"s3cret")).message


@POSIX
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    chain, key = AUTHORITY.site(tmp_path)
    key.chmod(mode)
    said = refusal(chain, key)
    assert "can be read by others" in said.message
    assert said.hint == f"Run: chmod 600 {key}"


def test_the_command_refuses_in_one_line_and_exits_with_2(tmp_path: Path) -> None:
    chain, key = AUTHORITY.site(tmp_path, end=NOW)
    for options in (["--tls-cert", str(chain), "--tls-key", str(key)], ["--tls-cert", str(chain)]):
        child = HubChild(tmp_path / "data", 0, *options)
        line = {"operator_token": OPERATOR_TOKEN, "ingest_token": INGEST_TOKEN}
        out, _ = child.process.communicate(json.dumps(line).encode() + b"\n", timeout=20)
        assert child.process.returncode == 2
        assert json.loads(out)["hint"]
    assert not (tmp_path / "data").exists()


def shown(port: int, verify: ssl.SSLContext) -> int:
    """Return the serial number of the certificate that a new connection gets."""
    with (
        socket.create_connection(("127.0.0.1", port), 10) as raw,
        verify.wrap_socket(raw, server_hostname="127.0.0.1") as secure,
    ):
        found = secure.getpeercert()
    assert found is not None
    return int(str(found["serialNumber"]), 16)


@POSIX
def test_a_signal_renews_the_certificate_for_new_connections_and_keeps_the_old_ones(tmp_path: Path) -> None:
    chain, key = AUTHORITY.site(tmp_path)
    verify = trust(AUTHORITY.write(tmp_path / "ca.pem"))
    child = HubChild(tmp_path / "data", 0, "--tls-cert", str(chain), "--tls-key", str(key))

    async def scene() -> None:
        port = (await child.start())["port"]
        assert child.process.stderr is not None
        async with console(port, verify) as http:
            assert (await http.get("health")).status_code == 200
            before = await asyncio.to_thread(shown, port, verify)
            AUTHORITY.site(tmp_path)
            child.process.send_signal(signal.SIGHUP)
            async with asyncio.timeout(20):
                while b"certificate is renewed" not in (
                    line := await asyncio.to_thread(child.process.stderr.readline)
                ):
                    assert line
            assert await asyncio.to_thread(shown, port, verify) != before
            assert (await http.get("health")).status_code == 200

    asyncio.run(scene())
    assert child.let_go()[0] == 0


def test_what_is_unfit_leaves_the_old_certificate(tmp_path: Path, log_lines: LogLines) -> None:
    chain, key = AUTHORITY.site(tmp_path)
    verify = trust(AUTHORITY.write(tmp_path / "ca.pem"))
    old = certificate(chain, key)

    async def scene() -> None:
        async with hub_with(tmp_path, old) as ready:
            before = await asyncio.to_thread(shown, ready.port, verify)
            AUTHORITY.site(tmp_path, end=NOW - DAY / 2)
            old.renew()
            assert await asyncio.to_thread(shown, ready.port, verify) == before

    asyncio.run(scene())
    assert "that is not now" in log_lines.expect("the certificate is not renewed")["reason"]


class TestWhatAConsoleBelieves:
    async def _words(self, folder: Path, verify: ssl.SSLContext, *, address: str = "127.0.0.1") -> str:
        async with hub_with(folder, certificate(*AUTHORITY.site(folder, address))) as ready:
            with pytest.raises(httpx.ConnectError) as failed:
                await asked(ready.port, verify)
            url = f"wss://127.0.0.1:{ready.port}/api/v1/live"
            with pytest.raises(ssl.SSLError) as live:
                async with connect(url, ssl=verify, proxy=None):
                    pass
        told, same = mistrust(failed.value, "the hub"), mistrust(live.value, "the hub")
        assert told is not None
        assert same is not None
        assert told.message == same.message
        assert told.hint
        return told.message

    def test_an_unknown_authority_is_told(self, tmp_path: Path) -> None:
        others = trust(Authority().write(tmp_path / "ca.pem"))
        for verify in (trust(), others):
            words = asyncio.run(self._words(tmp_path, verify))
            assert words == "Nobody that this computer trusts vouches for the hub."

    def test_a_certificate_for_another_name_is_told(self, tmp_path: Path) -> None:
        verify = trust(AUTHORITY.write(tmp_path / "ca.pem"))
        words = asyncio.run(self._words(tmp_path, verify, address="127.0.0.9"))
        assert words == "The certificate that was shown is not for the hub."

    def test_an_expired_one_is_told(self, tmp_path: Path) -> None:
        verify = trust(AUTHORITY.write(tmp_path / "ca.pem"))
        chain, key = AUTHORITY.site(tmp_path, end=NOW - DAY / 2)
        expired = Certificate(chain, key, lambda: NOW - 3 * DAY / 4)

        async def scene() -> None:
            async with hub_with(tmp_path, expired) as ready:
                with pytest.raises(httpx.ConnectError) as failed:
                    await asked(ready.port, verify)
            told = mistrust(failed.value, "the hub")
            assert told is not None
            assert told.message == "The certificate of the hub has expired."

        asyncio.run(scene())

    def test_a_hub_without_tls_is_told(self, tmp_path: Path) -> None:
        async def scene() -> None:
            async with hub_with(tmp_path, None) as ready:
                with pytest.raises(httpx.ConnectError) as failed:
                    await asked(ready.port, trust())
            told = mistrust(failed.value, "the hub")
            assert told is not None
            assert told.message == "What answers at the hub does not speak TLS."

        asyncio.run(scene())

    def test_another_failure_is_none_of_trust(self) -> None:
        assert mistrust(httpx.ConnectError("refused"), "the hub") is None

    def test_a_file_of_authorities_that_is_none_is_refused_in_words(self, tmp_path: Path) -> None:
        (tmp_path / "junk").write_text("junk")
        with pytest.raises(OperatorError, match="junk holds no certificate"):
            trust(tmp_path / "junk")
        with pytest.raises(OperatorError, match="none cannot be read: No such file"):
            trust(tmp_path / "none")
