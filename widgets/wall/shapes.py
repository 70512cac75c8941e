"""One shape per state, so that no state is told by colour alone. Paths: sharp at any scale factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen

from app.domain.stream_state import StreamState
from resources import theme

COLOURS = {
    StreamState.CONNECTING: theme.TEXT_DIM,
    StreamState.LIVE: theme.LIVE,
    StreamState.DELAYED: theme.WARN,
    StreamState.FROZEN: theme.WARN,
    StreamState.OFFLINE: theme.ALARM,
    StreamState.DENIED: theme.TEXT,
    StreamState.REPLAY: theme.REPLAY,
}

Shape = tuple[QPainterPath, ...]
"""Paths in a unit square, filled one over the other."""

_STROKE = 0.13
"""Line width of the outlined shapes, in parts of their size."""
_CURVE = 0.002
"""How far a flattened curve may stray; Qt's own quarter of a unit would make octagons of our unit circles."""


def _stroked(path: QPainterPath, width: float = _STROKE) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCurveThreshold(_CURVE)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return stroker.createStroke(path)


def _line(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    return path


def _circle(radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0.5, 0.5), radius, radius)
    return path


def _live() -> Shape:
    """A full dot."""
    return (_circle(0.36),)


def _delayed() -> Shape:
    """A clock."""
    return (_stroked(_circle(0.42)), _stroked(_line((0.5, 0.27), (0.5, 0.53), (0.67, 0.63))))


def _frozen() -> Shape:
    """Two bars: the picture stands."""
    path = QPainterPath()
    for left in (0.16, 0.58):
        path.addRoundedRect(QRectF(left, 0.08, 0.26, 0.84), 0.05, 0.05)
    return (path,)


def _offline() -> Shape:
    """A ring with a cross in it: nothing comes."""
    near, far = 0.34, 0.66
    cross = (_line((near, near), (far, far)), _line((far, near), (near, far)))
    return (_stroked(_circle(0.42)), *(_stroked(line) for line in cross))


def _denied() -> Shape:
    """A padlock."""
    body = QPainterPath()
    body.addRoundedRect(QRectF(0.16, 0.44, 0.68, 0.5), 0.08, 0.08)
    body.addEllipse(QPointF(0.5, 0.68), 0.07, 0.07)
    bow = QPainterPath(QPointF(0.3, 0.42))
    bow.lineTo(0.3, 0.32)
    bow.arcTo(QRectF(0.3, 0.1, 0.4, 0.42), 180, -180)
    bow.lineTo(0.7, 0.42)
    return (body, _stroked(bow))


def _connecting() -> Shape:
    """Three dots: something is to come."""
    path = QPainterPath()
    for x in (0.14, 0.5, 0.86):
        path.addEllipse(QPointF(x, 0.5), 0.12, 0.12)
    return (path,)


def _replay() -> Shape:
    """Two triangles that point back."""
    path = QPainterPath()
    for tip in (0.04, 0.48):
        path.addPath(_line((tip, 0.5), (tip + 0.46, 0.14), (tip + 0.46, 0.86), (tip, 0.5)))
    return (path,)


def _loudspeaker() -> Shape:
    """A loudspeaker with two waves before it."""
    body = _line((0.04, 0.36), (0.22, 0.36), (0.48, 0.12), (0.48, 0.88), (0.22, 0.64), (0.04, 0.64))
    waves = []
    for reach in (0.18, 0.36):
        wave = QPainterPath()
        area = QRectF(0.52 - reach, 0.5 - reach, 2 * reach, 2 * reach)
        wave.arcMoveTo(area, -50)
        wave.arcTo(area, -50, 100)
        waves.append(_stroked(wave, 0.09))
    return (body, *waves)


def _silent_loudspeaker() -> Shape:
    """A loudspeaker with a cross in the waves' place."""
    cross = (_line((0.64, 0.36), (0.92, 0.64)), _line((0.92, 0.36), (0.64, 0.64)))
    return (_loudspeaker()[0], *(_stroked(line, 0.1) for line in cross))


_DRAWN: dict[StreamState, Callable[[], Shape]] = {
    StreamState.CONNECTING: _connecting,
    StreamState.LIVE: _live,
    StreamState.DELAYED: _delayed,
    StreamState.FROZEN: _frozen,
    StreamState.OFFLINE: _offline,
    StreamState.DENIED: _denied,
    StreamState.REPLAY: _replay,
}


@cache
def shape(state: StreamState) -> Shape:
    """Return the state's shape in a unit square."""
    return _DRAWN[state]()


def draw_shape(painter: QPainter, state: StreamState, into: QRectF) -> None:
    """Fill the state's shape into a square, in the state's own colour."""
    _fill(painter, shape(state), into, COLOURS[state])


def draw_loudspeaker(painter: QPainter, into: QRectF, *, silent: bool) -> None:
    """Fill the mark of a tile that is listened to into a square, crossed while nothing is heard."""
    drawn = _silent_loudspeaker() if silent else _loudspeaker()
    _fill(painter, drawn, into, theme.TEXT_DIM if silent else theme.ACCENT)


def draw_plus(painter: QPainter, into: QRectF) -> None:
    """Fill the cross of an empty tile into a square."""
    upright, level = _line((0.5, 0.14), (0.5, 0.86)), _line((0.14, 0.5), (0.86, 0.5))
    _fill(painter, (_stroked(upright, 0.08), _stroked(level, 0.08)), into, theme.TEXT_DIM)


def draw_frame(painter: QPainter, rect: QRect, width: float, colour: str, *, dashed: bool = False) -> None:
    """Draw a frame of that width inside ``rect``; whole pixels, so that it is sharp."""
    line = max(1, round(width))
    pen = QPen(QColor(colour), line)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    if dashed:
        pen.setDashPattern([3, 2])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = line / 2
    painter.drawRect(QRectF(rect).adjusted(half, half, -half, -half))


def _fill(painter: QPainter, paths: Shape, into: QRectF, colour: str) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(into.topLeft())
    painter.scale(into.width(), into.height())
    for path in paths:
        painter.fillPath(path, QColor(colour))
    painter.restore()
