"""What every drag in the console carries: one line of plain text that names a camera.

Plain text because QtWebEngine hands a page's drag on as a real Qt drag only for standard types; a type
of our own arrives packed in Chromium's private format.
"""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from app.domain.ids import CameraId

CAMERA_PREFIX = "watchfloor:camera:"


def camera_payload(camera_id: CameraId) -> str:
    """Return the ``text/plain`` that stands for the camera in a drag."""
    return CAMERA_PREFIX + camera_id


def camera_mime(camera_id: CameraId) -> QMimeData:
    """Return the mime data of a drag of that camera."""
    mime = QMimeData()
    mime.setText(camera_payload(camera_id))
    return mime


def camera_of(mime: QMimeData) -> CameraId | None:
    """Return the camera that a drag carries, None when it carries something else."""
    text = mime.text() if mime.hasText() else ""
    if not text.startswith(CAMERA_PREFIX):
        return None
    camera_id = text.removeprefix(CAMERA_PREFIX)
    return CameraId(camera_id) if camera_id else None
