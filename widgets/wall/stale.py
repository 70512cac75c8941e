"""A tile's last picture, greyed: made once, and kept when the decoder's memory is gone."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from app.domain.ports import Frame
from resources import theme
from widgets.wall import pictures
from widgets.wall.lens import Window
from widgets.wall.pictures import Place

STALE_DARKENING = 0.5
"""How much of a stale picture's light is taken: a night camera's picture is grey by itself."""

_RGB32 = QImage.Format.Format_RGB32


class StalePicture:
    """What is painted of a picture that must not be taken for the present.

    Only what is seen is made grey: the whole of a 4K picture takes 110 ms. The whole picture is kept beside
    it once the camera stands, so that the operator can still look at another part of it.
    """

    def __init__(self) -> None:
        self.grey: QImage | None = None
        self._number = 0
        self._window: Window | None = None
        self._whole: QImage | None = None

    def forget_number(self) -> None:
        """Take the next picture for another one: it is of a stream that counts anew."""
        self._number = 0

    def take(self, frame: Frame, place: Place, *, stands: bool) -> bool:
        """Make the picture grey for a place unless it is; say whether it was whole throughout.

        ``stands`` says that no further picture is to be expected.
        """
        known = frame.number == self._number
        if known and self._fits(place) and (self._whole is not None or not stands):
            return True
        whole = pictures.view(frame).copy() if stands else None
        grey = _greyed(whole or pictures.view(frame), place)
        if not frame.still_whole():
            return False
        self.grey, self._whole = grey, whole
        self._number, self._window = frame.number, place.window
        return True

    def paint(self, painter: QPainter, place: Place) -> bool:
        """Paint it; say whether there was anything to paint: a part that was not kept is not made up."""
        if not self._fits(place) and self._whole is not None:
            self.grey, self._window = _greyed(self._whole, place), place.window
        if self.grey is None or self._window != place.window:
            return False
        painter.drawImage(place.rect, self.grey)
        return True

    def _fits(self, place: Place) -> bool:
        return (
            self.grey is not None
            and self._window == place.window
            and self.grey.size() == QSize(place.width, place.height)
        )


def _greyed(image: QImage, place: Place) -> QImage:
    """Return what the place shows of a picture, without colour and darkened."""
    small = QImage(place.width, place.height, _RGB32)
    painter = QPainter(small)
    pictures.draw_image(painter, image, Place.at(QRect(0, 0, place.width, place.height), place.window))
    painter.end()
    grey = small.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(_RGB32)
    painter = QPainter(grey)
    shade = QColor(theme.VOID)
    shade.setAlphaF(STALE_DARKENING)
    painter.fillRect(grey.rect(), shade)
    painter.end()
    return grey
