"""The control-room theme's colours and sizes. Colour carries meaning only; states also have a shape or word.

Chosen for a dim room: the ground is near black, text on it reaches a contrast of at least 7:1 (WCAG 2.2,
AAA), dimmed text at least 4.5:1 (AA), and nothing large is brighter than the pictures.
"""

from __future__ import annotations

from typing import Final

# Grounds, darkest first
VOID: Final = "#07090c"
"""Behind pictures: an empty tile."""
GROUND: Final = "#0d1117"
SURFACE: Final = "#141a22"
RAISED: Final = "#1c242e"
HOVER: Final = "#26303c"
LINE: Final = "#2d3845"

# Text
TEXT: Final = "#dce3ea"
TEXT_DIM: Final = "#93a1b0"
TEXT_ON_COLOUR: Final = "#0d1117"

# Meaning
ACCENT: Final = "#5aa9ff"
"""What the operator has selected or can act on."""
LIVE: Final = "#3fbf6f"
WARN: Final = "#e3a32b"
ALARM: Final = "#ff5d52"
REPLAY: Final = "#f28bc8"
"""Marks what is shown of the past."""
PRIVATE: Final = "#b58cff"
"""Marks a private camera."""

URGENCY: Final = {1: ALARM, 2: WARN, 3: ACCENT, 4: TEXT_DIM}
"""Colour by `Urgency`."""

# Sizes in device-independent pixels
FONT_FAMILIES: Final = ("Inter", "Noto Sans", "Segoe UI", "DejaVu Sans", "sans-serif")
FONT_PX: Final = 14
FONT_SMALL_PX: Final = 12
FONT_LARGE_PX: Final = 17
GAP: Final = 8
RADIUS: Final = 4
ROW: Final = 34
"""Height of a list row: a target that a tired hand hits."""
FONT_DENSE_PX: Final = 13
"""The smallest text of the panels."""

# Grounds that carry a meaning; text on them keeps the contrasts above
SELECTION: Final = "#1b3350"
"""The selected row."""
ALARM_GROUND: Final = "#341d23"
"""The row of a critical alert that nobody has seen to."""
ALARM_GROUND_NEW: Final = "#4a2028"
"""The same in its first seconds; it fades by steps and never flashes (WCAG 2.2, 2.3.1)."""
WARN_GROUND: Final = "#2c2617"
INFO_GROUND: Final = "#172433"
TEXT_OFF: Final = "#6b7887"
"""Text of what cannot be used now; exempt from contrast rules (WCAG 2.2, 1.4.3), still legible."""
