"""Which of two reports of one alert holds, and what becomes of the room's handling of it."""

from __future__ import annotations

from dataclasses import replace

from app.domain.alert import Alert, AlertStatus


def revised(held: Alert, report: Alert) -> Alert | None:
    """Return the alert after ``report``, None when the report changes nothing.

    The higher revision holds, whenever it arrives; the same or a lower one is a repeat. The alert keeps its
    id, the time it was first received and what the room did with it, except that a rise in urgency makes it
    new again: whoever saw to the lesser alert has not seen this one.
    """
    if report.revision <= held.revision:
        return None
    status, handled_by = held.status, held.handled_by
    if report.urgency < held.urgency:
        status, handled_by = AlertStatus.NEW, ""
    return replace(report, id=held.id, received_at=held.received_at, status=status, handled_by=handled_by)
