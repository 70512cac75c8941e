"""A real Secret Service for tests: GNOME's keyring on a session bus of its own, away from this user's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from tests.fakes.waiting import wait_until

PROGRAMS = ("dbus-daemon", "dbus-send", "gnome-keyring-daemon")
SERVICE = "org.freedesktop.secrets"
PASSPHRASE = b"opens the keyring"
# The bus of an ordinary desk starts the keyring by itself; here only the test starts and ends it.
BUS = """<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def is_here() -> bool:
    """Say whether its programs are installed."""
    return sys.platform == "linux" and all(shutil.which(program) for program in PROGRAMS)


class SecretService:
    """The bus runs from the beginning, the keyring from `start` on."""

    def __init__(self, folder: Path) -> None:
        for name in ("home", "run"):
            (folder / name).mkdir(mode=0o700, parents=True)
        settings = folder / "bus.conf"
        settings.write_text(BUS.format(folder=folder / "run"))
        self._keyring: subprocess.Popen[bytes] | None = None
        self._bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={settings}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._bus.stdout is not None
        address = self._bus.stdout.readline().decode().strip()
        apart = {name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"}
        self.environment = apart | {
            "DBUS_SESSION_BUS_ADDRESS": address,
            "HOME": str(folder / "home"),
            "XDG_DATA_HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
        }
        """What a process needs to find it."""

    def start(self, *, unlocked: bool = True) -> None:
        """Start the keyring, or start it again with what it had."""
        self._keyring = subprocess.Popen(
            [
                "gnome-keyring-daemon",
                "--foreground",
                "--components=secrets",
                *(["--unlock"] if unlocked else []),
            ],
            env=self.environment,
            stdin=subprocess.PIPE if unlocked else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if self._keyring.stdin is not None:
            self._keyring.stdin.write(PASSPHRASE)
            self._keyring.stdin.close()
        wait_until(self._answers, what="the keyring on its bus")

    def freeze(self) -> None:
        """Let the keyring hold what it is asked, and answer nothing."""
        assert self._keyring is not None
        self._keyring.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End the keyring as the kernel would."""
        if self._keyring is not None:
            self._keyring.kill()
            self._keyring.wait()
            self._keyring = None

    def close(self) -> None:
        """End keyring and bus."""
        self.kill()
        self._bus.kill()
        self._bus.wait()
        assert self._bus.stdout is not None
        self._bus.stdout.close()

    def _answers(self) -> bool:
        ask = ["dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/",
               "org.freedesktop.DBus.NameHasOwner", f"string:{SERVICE}"]  # fmt: skip
        told = subprocess.run(ask, env=self.environment, capture_output=True, text=True, check=False)
        return "true" in told.stdout
