"""Draws and encodes the demo's clips once, in two processes, and keeps them in a cache folder."""

from __future__ import annotations

import io
import multiprocessing as mp
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import Interpolation
from PIL import Image

from app.demo.reel import Reel, write_reel
from app.demo.scenes import build_scene
from app.domain.errors import SourceError

CLIPS_VERSION = 3
"""Raised with every change to the drawing, so that older caches are left aside."""
FPS = 15
MAIN = (1280, 720)
SUB = (640, 360)
STILL_EVERY = 3
"""JPEG-still cameras have a new picture every third frame: 5 a second."""
PROCESSES = 2
CANCEL_POLL_S = 0.2


@dataclass(frozen=True)
class ClipJob:
    """One camera's clip. ``form`` is ``video`` (H.264), ``mjpeg`` (15 pictures/s) or ``stills`` (5/s)."""

    name: str
    scene: str
    light: str
    seed: int
    caption: str
    form: str = "video"
    seconds: float = 10.0
    main: tuple[int, int] = MAIN
    sub: tuple[int, int] = SUB

    def path(self, folder: Path, quality: str) -> Path:
        """Return where the reel of that quality (``main`` or ``sub``) is kept."""
        return folder / f"{self.name}-{quality}.reel"

    def done(self, folder: Path) -> bool:
        """Say whether both reels are there."""
        return all(self.path(folder, quality).exists() for quality in ("main", "sub"))


def make_clip(job: ClipJob, folder: Path) -> None:
    """Draw and encode one camera's clip and write its two reels."""
    scene = build_scene(job.scene, job.light, job.seed, job.main, job.caption)
    every = STILL_EVERY if job.form == "stills" else 1
    frames = (scene.frame(number / FPS) for number in range(0, round(job.seconds * FPS), every))
    reels = _video_reels(job, frames) if job.form == "video" else _jpeg_reels(job, frames)
    for quality, reel in zip(("sub", "main"), reels, strict=True):
        write_reel(job.path(folder, quality), reel)


def _video_reels(job: ClipJob, frames: Iterable[Image.Image]) -> tuple[Reel, Reel]:
    main, sub = _encoder(job.main, 1_500_000), _encoder(job.sub, 400_000)
    units: dict[str, list[bytes]] = {"main": [], "sub": []}
    for number, image in enumerate(frames):
        rgb = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
        large = rgb.reformat(format="yuv420p", dst_colorspace=1)
        small = large.reformat(*job.sub, interpolation=Interpolation.AREA)
        for name, encoder, frame in (("main", main, large), ("sub", sub, small)):
            frame.pts = number
            frame.pict_type = av.video.frame.PictureType.NONE
            units[name].extend(bytes(packet) for packet in encoder.encode(frame))
    for name, encoder in (("main", main), ("sub", sub)):
        units[name].extend(bytes(packet) for packet in encoder.encode(None))
    return (
        Reel("h264", *job.sub, FPS, FPS, tuple(units["sub"])),
        Reel("h264", *job.main, FPS, FPS, tuple(units["main"])),
    )


def _encoder(size: tuple[int, int], bit_rate: int) -> VideoCodecContext:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.framerate = Fraction(FPS)
    encoder.time_base = Fraction(1, FPS)
    encoder.bit_rate = bit_rate
    encoder.gop_size = FPS
    encoder.max_b_frames = 0
    encoder.thread_count = 1
    encoder.profile = "Constrained Baseline" if "Constrained Baseline" in encoder.profiles else "Baseline"
    encoder.colorspace = 1  # BT.709, as HD cameras have it
    encoder.color_primaries = 1
    encoder.color_trc = 1
    encoder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "sc_threshold": "0",
        "keyint_min": str(FPS),
        "maxrate": str(bit_rate * 2),
        "bufsize": str(bit_rate),
    }
    return encoder


def _jpeg_reels(job: ClipJob, frames: Iterable[Image.Image]) -> tuple[Reel, Reel]:
    main: list[bytes] = []
    sub: list[bytes] = []
    for image in frames:
        main.append(_jpeg(image))
        sub.append(_jpeg(image.resize(job.sub, Image.Resampling.BOX)))
    fps = FPS / STILL_EVERY if job.form == "stills" else FPS
    return Reel("jpeg", *job.sub, fps, 1, tuple(sub)), Reel("jpeg", *job.main, fps, 1, tuple(main))


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()


def ensure_clips(
    jobs: Sequence[ClipJob],
    folder: Path,
    progress: Callable[[int, int], None],
    *,
    processes: int = PROCESSES,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Make the clips that are missing in ``folder``; ``progress`` is told (done, of), first at once.

    ``cancelled`` is asked often; when it says so, the work is dropped and the call returns.

    Raises:
        SourceError: a clip could not be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [job for job in jobs if not job.done(folder)]
    progress(len(jobs) - len(missing), len(jobs))
    for count, _ in enumerate(_make_all(missing, folder, processes, cancelled), start=1):
        progress(len(jobs) - len(missing) + count, len(jobs))


def _make_all(
    jobs: Sequence[ClipJob], folder: Path, processes: int, cancelled: Callable[[], bool]
) -> Iterator[str]:
    """Make clips in worker processes; yields each one's name when it is done."""
    context = mp.get_context("spawn")
    waiting = list(jobs)
    workers = []
    busy: dict[Connection, ClipJob] = {}
    try:
        for _ in range(min(processes, len(waiting))):
            ours, theirs = context.Pipe()
            worker = context.Process(target=_work, args=(theirs, folder), name="wf-clips", daemon=True)
            worker.start()
            theirs.close()
            workers.append((worker, ours))
        for _, pipe in workers:
            busy[pipe] = waiting.pop(0)
            pipe.send(busy[pipe])
        while busy and not cancelled():
            for pipe in cast("list[Connection]", wait(list(busy), CANCEL_POLL_S)):
                job = busy.pop(pipe)
                try:
                    problem = pipe.recv()
                except EOFError as error:
                    raise SourceError(f"the process that draws {job.name} has died") from error
                if problem:
                    raise SourceError(f"cannot draw {job.name}: {problem}", retryable=False)
                yield job.name
                if waiting:
                    busy[pipe] = waiting.pop(0)
                    pipe.send(busy[pipe])
    finally:
        for worker, pipe in workers:
            pipe.close()
            if busy:
                worker.terminate()
            worker.join(5)


def _work(pipe: Connection, folder: Path) -> None:
    """A worker's life: one clip after another until the other end is closed or gone."""
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            make_clip(job, folder)
        except Exception as error:  # noqa: BLE001 - the worker's loop: told to the parent, who raises it
            pipe.send(f"{type(error).__name__}: {error}")
        else:
            pipe.send("")
