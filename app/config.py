"""Settings and places on disk. Read by ``main`` and ``bootstrap`` only; the others get values handed in."""

from __future__ import annotations

import getpass
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.sources.files import set_aside

APP = "watchfloor"


def _operator() -> str:
    """Return the account's name; a container's account may have none."""
    try:
        return getpass.getuser()[:100] or "operator"
    except (KeyError, OSError, ImportError):
        return "operator"


class VideoSettings(BaseModel):
    """How pictures are decoded."""

    model_config = ConfigDict(extra="forbid")
    streams_per_worker: int = Field(4, ge=1, le=16)
    decoder: Literal["ffmpeg", "libvlc"] = "ffmpeg"
    budget_mpx_s: float | None = Field(None, ge=0)
    """Millions of pixels a second that the wall may ask for; 0 for no limit, None to measure it once."""
    hardware_decoding: bool = False


class MapSettings(BaseModel):
    """The ground under the map: an MBTiles file, or a tile server's URL template."""

    model_config = ConfigDict(extra="forbid")
    mbtiles: Path | None = None
    tile_url: str | None = None
    attribution: str = ""


class HubSettings(BaseModel):
    """The hub that serves this desk; without an address the console runs one for itself."""

    model_config = ConfigDict(extra="forbid")
    address: str | None = Field(
        None, pattern=r"^https://[^/\s@]+$|^http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$"
    )
    authority: Path | None = None
    """The site's own certificate authority (PEM), where the system does not know it."""


class MetricsSettings(BaseModel):
    """The figures as Prometheus text at a port of this computer alone; 0 takes any free one."""

    model_config = ConfigDict(extra="forbid")
    enabled: bool = False
    port: int = Field(9846, ge=0, le=65535)


class Settings(BaseModel):
    """``settings.toml``; docs/configuration.md lists it."""

    model_config = ConfigDict(extra="forbid")
    operator: str = Field(default_factory=_operator, min_length=1, max_length=100)
    hub: HubSettings = HubSettings()
    video: VideoSettings = VideoSettings()
    map: MapSettings = MapSettings()
    metrics: MetricsSettings = MetricsSettings()


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of one profile."""

    config: Path
    data: Path
    cache: Path
    logs: Path
    pictures: Path
    """What the operator saves."""

    @staticmethod
    def usual() -> Places:
        """Return the platform's usual folders."""
        return Places(
            Path(platformdirs.user_config_dir(APP)),
            Path(platformdirs.user_data_dir(APP)),
            Path(platformdirs.user_cache_dir(APP)),
            Path(platformdirs.user_log_dir(APP)),
            Path(platformdirs.user_pictures_dir()) / "Watchfloor",
        )

    @staticmethod
    def within(folder: Path) -> Places:
        """Return one folder for everything but the cache, which profiles share."""
        cache = Path(platformdirs.user_cache_dir(APP))
        return Places(folder / "config", folder / "data", cache, folder / "logs", folder / "pictures")


def load_settings(file: Path) -> tuple[Settings, str]:
    """Return the settings, and a notice in words when the file was not usable ("" when all is well).

    A file that is no TOML is set aside; one with a wrong value is left for its author to mend. The
    defaults hold in both cases.
    """
    try:
        raw = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return Settings(), ""
    except OSError as error:
        return Settings(), f"{file.name} cannot be read: {error.strerror}. The defaults hold."
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        aside = set_aside(file, datetime.now(UTC))
        return Settings(), f"{file.name} was damaged and is kept as {aside.name}; the defaults hold."
    try:
        return Settings.model_validate(raw), ""
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return Settings(), f"{file.name}: {where}: {first['msg']}. The defaults hold until it is mended."
