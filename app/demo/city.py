"""The demo town's cameras: where they hang, what they film, and the camera file that lists them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.demo.city_plan import AVENUES, BRIDGES, STREETS, TOWN, Spot, crossing, position
from app.demo.clips import FPS, MAIN, STILL_EVERY, SUB, ClipJob

PASSWORDS: dict[str, tuple[str, str]] = {"cam-12": ("watch", "basin-4417"), "cam-24": ("depot", "kiln-9083")}
"""Cameras that ask for a password, so that the way of a secret through the console can be tried."""
FORM_OF_KIND = {"rtsp": "video", "hls": "video", "stills": "stills", "mjpeg": "mjpeg"}


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """A camera with a picture of its own. ``serves`` is rtsp, hls, stills or mjpeg."""

    id: str
    name: str
    place: str
    at: Spot
    bearing_deg: float
    fov_deg: float
    tags: tuple[str, ...]
    scene: str
    light: str
    serves: str
    privacy_masks: tuple[tuple[float, float, float, float], ...] = ()

    @property
    def clip(self) -> ClipJob:
        """The clip that it plays; its seed follows from its number."""
        return ClipJob(
            self.id, self.scene, self.light, int(self.id[-2:]) * 7, self.name, FORM_OF_KIND[self.serves]
        )


def _near(street: str, avenue: str, east: float = 0.0, north: float = 0.0) -> Spot:
    x, y = crossing(street, avenue)
    return x + east, y + north


CAMERAS: tuple[DemoCamera, ...] = (
    DemoCamera("cam-01", "6th St & Market Ave", "6th St & Market Ave", _near("6th St", "Market Ave", -14,
    -14),
               20, 66, ("traffic", "crossing", "city"), "crossroads", "day", "rtsp"),
    DemoCamera("cam-02", "Route 9 at Exit 4", "Route 9, Exit 4", (210, 1512), 92, 58,
               ("traffic", "highway", "city"), "highway", "morning", "rtsp"),
    DemoCamera("cam-03", "Larch Avenue School", "Larch Ave, between 4th St and 5th St", (490, -420), 0, 62,
               ("school", "crossing", "city"), "school", "day", "rtsp", ((0.0, 0.14, 0.165, 0.38),)),
    DemoCamera("cam-04", "Founders Garage Lot B", "8th St & Larch Ave", _near("8th St", "Larch Ave", 60, -40),
               210, 70, ("parking", "private"), "carpark", "overcast", "rtsp"),
    DemoCamera("cam-05", "Third Street Bridge", "3rd St Bridge, east end", (-640, -768), 268, 60,
               ("bridge", "river", "traffic", "city"), "bridge", "day", "hls"),
    DemoCamera("cam-06", "Ridge Tunnel West Portal", "Route 9, Ridge Tunnel", (1440, 1556), 76, 56,
               ("tunnel", "highway", "traffic", "city"), "tunnel", "overcast", "rtsp"),
    DemoCamera("cam-07", "Market Ave Shops", "Market Ave, between 6th St and 7th St", (220, 90), 2, 60,
               ("shopping", "pedestrian", "city"), "shops", "dusk", "rtsp"),
    DemoCamera("cam-08", "Central Bus Station", "4th St & Market Ave", (110, -390), 318, 68,
               ("transit", "bus", "city"), "busstation", "morning", "hls"),
    DemoCamera("cam-09", "Kestrel Fuel", "9th St & Juniper Ave", (772, 762), 140, 72,
               ("shop", "fuel", "private"), "fuel", "night", "mjpeg"),
    DemoCamera("cam-10", "Linden Ave Tram Stop", "Linden Ave, between 7th St and 8th St", (-52, 372), 0, 60,
               ("transit", "tram", "city"), "tram", "dusk", "rtsp"),
    DemoCamera("cam-11", "Quay Ave Riverside", "Quay Ave & 5th St", _near("5th St", "Quay Ave", -30, 20), 340,
               64, ("river", "quay", "city"), "quay", "morning", "rtsp"),
    DemoCamera("cam-12", "Harbor Basin Gate 2", "Harbor Basin, Mill Ave", (-1040, -1010), 95, 66,
               ("harbor", "industrial", "private"), "harbour", "overcast", "rtsp"),
    DemoCamera("cam-13", "Union Ave & 5th St", "Union Ave & 5th St", (190, -248), 48, 66,
               ("traffic", "crossing", "city"), "crossroads", "night", "rtsp"),
    DemoCamera("cam-14", "Route 9 at Mill Ave", "Route 9, Exit 2", (-1050, 1532), 272, 58,
               ("traffic", "highway", "city"), "highway", "night", "rtsp"),
    DemoCamera("cam-15", "Orchard Roundabout", "6th St & Orchard Ave", _near("6th St", "Orchard Ave",
    -24, -24),
               40, 70, ("traffic", "roundabout", "city"), "roundabout", "day", "rtsp"),
    DemoCamera("cam-16", "Beacon Ave Homes", "Beacon Ave, between 2nd St and 3rd St", (1296, -920), 178, 60,
               ("residential", "city"), "homes", "morning", "rtsp",
               ((0.0, 0.14, 0.16, 0.4), (0.79, 0.14, 0.21, 0.38))),
    DemoCamera("cam-17", "Linden Pharmacy", "Linden Ave & 6th St", (-46, 130), 184, 64,
               ("shop", "private", "shopping"), "shops", "night", "hls"),
    DemoCamera("cam-18", "Ninth Street Bridge", "9th St Bridge, west end", (-860, 790), 86, 60,
               ("bridge", "river", "traffic", "city"), "bridge", "night", "hls"),
    DemoCamera("cam-19", "Founders Park Gate", "Market Ave & 7th St", (232, 290), 30, 66,
               ("park", "pedestrian", "city"), "park", "overcast", "stills"),
    DemoCamera("cam-20", "Sorrel Market Parking", "5th St & Sorrel Ave", (1060, -130), 190, 70,
               ("parking", "shop", "private"), "carpark", "night", "stills"),
    DemoCamera("cam-21", "Tanner Avenue School", "Tanner Ave, between 7th St and 8th St", (-1340, 360), 2, 62,
               ("school", "crossing", "city"), "school", "overcast", "stills"),
    DemoCamera("cam-22", "6th St & Mill Ave", "6th St & Mill Ave", _near("6th St", "Mill Ave", 14, 14),
    200, 66,
               ("traffic", "crossing", "city"), "crossroads", "overcast", "rtsp"),
    DemoCamera("cam-23", "Quay Ave at Ferry Steps", "Quay Ave & 8th St", (-532, 530), 200, 64,
               ("river", "quay", "city"), "quay", "night", "rtsp"),
    DemoCamera("cam-24", "Kiln Ave Depot", "11th St & Kiln Ave", (-1600, 1262), 150, 68,
               ("industrial", "depot", "private"), "harbour", "night", "rtsp"),
)  # fmt: skip
DEFAULT_WALL: tuple[str, ...] = tuple(camera.id for camera in CAMERAS[:9])
"""Six RTSP, two HLS and one MJPEG camera, all at 15 pictures a second."""


def stream_url(
    camera: DemoCamera, quality: str, rtsp_port: int, http_port: int, *, secret: bool = True
) -> str:
    """Return the address of a camera's stream; with its password unless ``secret`` is false."""
    if camera.serves == "rtsp":
        user = PASSWORDS.get(camera.id)
        login = f"{user[0]}:{user[1]}@" if user and secret else ""
        return f"rtsp://{login}127.0.0.1:{rtsp_port}/{camera.id}/{quality}"
    last = {"hls": "live.m3u8", "stills": "still.jpg", "mjpeg": "video.mjpg"}[camera.serves]
    return f"http://127.0.0.1:{http_port}/{camera.id}/{quality}/{last}"


def camera_file(rtsp_port: int, http_port: int, count: int = len(CAMERAS)) -> bytes:
    """Return the camera file (JSON, as the hub imports it) of ``count`` cameras.

    Beyond the cameras with a picture of their own, more are placed along the streets; each shares the
    streams of one of those, with an address of its own (``?n=25``).
    """
    rows = [_row(camera, rtsp_port, http_port) for camera in CAMERAS[:count]]
    if count > len(CAMERAS):
        rng = np.random.default_rng(count)
        for number in range(len(CAMERAS) + 1, count + 1):
            like = CAMERAS[(number - 1) % len(CAMERAS)]
            rows.append(_extra(rng, number, like, rtsp_port, http_port))
    return json.dumps({"cameras": rows}, indent=1).encode()


def _row(camera: DemoCamera, rtsp_port: int, http_port: int, query: str = "") -> dict[str, Any]:
    at = position(camera.at)
    fps = FPS / STILL_EVERY if camera.serves == "stills" else float(FPS)
    row = {
        "id": camera.id,
        "name": camera.name,
        "lat": at.lat,
        "lon": at.lon,
        "place": f"{camera.place}, {TOWN}",
        "bearing_deg": camera.bearing_deg,
        "fov_deg": camera.fov_deg,
        "tags": list(camera.tags),
        "streams": [
            {
                "quality": quality,
                "kind": "jpeg" if camera.serves in {"stills", "mjpeg"} else camera.serves,
                "url": stream_url(camera, quality, rtsp_port, http_port) + query,
                "width": size[0],
                "height": size[1],
                "fps": fps,
            }
            for quality, size in (("main", MAIN), ("sub", SUB))
        ],
    }
    return row | {"privacy_masks": camera.privacy_masks} if camera.privacy_masks else row


def _extra(
    rng: np.random.Generator, number: int, like: DemoCamera, rtsp_port: int, http_port: int
) -> dict[str, Any]:
    street = str(rng.choice(list(STREETS)))
    avenue = str(rng.choice(list(AVENUES)))
    x, y = crossing(street, avenue)
    along_street = bool(rng.integers(2))
    if along_street and (street in BRIDGES or not -1050 <= x < -510):
        x += float(rng.uniform(12, 240))
    else:
        y += float(rng.uniform(12, 240))
    camera = DemoCamera(
        f"cam-{number:02d}", f"{street} & {avenue} #{number}", f"{street} & {avenue}",
        (x + float(rng.uniform(-6, 6)), y + float(rng.uniform(-6, 6))), float(rng.integers(0, 360)),
        like.fov_deg, like.tags, like.scene, like.light, like.serves,
    )  # fmt: skip
    row = _row(like, rtsp_port, http_port, f"?n={number}")
    at = position(camera.at)
    return row | {
        "id": camera.id,
        "name": camera.name,
        "lat": at.lat,
        "lon": at.lon,
        "place": f"{camera.place}, {TOWN}",
        "bearing_deg": camera.bearing_deg,
    }
