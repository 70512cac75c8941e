from collections.abc import Iterator

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel

from app.domain.alert import AlertKind, Urgency
from app.domain.events import NoticeLevel
from app.domain.incident import EntryKind
from resources import theme
from resources.style import ICON_FOLDER, apply_style, font, stylesheet
from widgets.icons import ALERT_ICONS, ENTRY_ICONS, NOTICE_ICONS, URGENCY_ICONS, icon, icon_names, pixmap
from widgets.plain_label import plain_label

GROUNDS = ("VOID", "GROUND", "SURFACE", "RAISED")
MEANING_GROUNDS = ("SELECTION", "ALARM_GROUND", "WARN_GROUND", "INFO_GROUND")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def token(name: str) -> str:
    return str(getattr(theme, name))


def test_contrast_formula_gives_the_known_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS + MEANING_GROUNDS)
def test_text_is_read_at_arms_length(ground: str) -> None:
    assert contrast(theme.TEXT, token(ground)) >= 7.0
    assert contrast(theme.TEXT_DIM, token(ground)) >= 4.5


@pytest.mark.parametrize("colour", ["ACCENT", "LIVE", "WARN", "ALARM"])
@pytest.mark.parametrize("ground", ["GROUND", "SURFACE", "RAISED", "ALARM_GROUND"])
def test_words_in_a_colour_with_a_meaning_are_legible(colour: str, ground: str) -> None:
    assert contrast(token(colour), token(ground)) >= 4.5


@pytest.mark.parametrize("colour", ["ACCENT", "ALARM", "WARN"])
def test_text_on_a_coloured_button_is_legible(colour: str) -> None:
    assert contrast(theme.TEXT_ON_COLOUR, token(colour)) >= 4.5


def test_focus_ring_stands_out_from_every_ground() -> None:
    assert all(contrast(theme.ACCENT, token(ground)) >= 3.0 for ground in GROUNDS)


def test_no_text_of_the_panels_is_smaller_than_13_pixels() -> None:
    assert min(theme.FONT_PX, theme.FONT_DENSE_PX, theme.FONT_LARGE_PX) >= 13


def test_style_sheet_has_no_token_left_open() -> None:
    assert "$" not in stylesheet()


@pytest.fixture
def styled(qapp: QApplication) -> Iterator[QApplication]:
    before = (qapp.style().name(), qapp.palette(), qapp.font(), qapp.styleSheet())
    apply_style(qapp)
    yield qapp
    qapp.setStyleSheet(before[3])
    qapp.setStyle(before[0])
    qapp.setPalette(before[1])
    qapp.setFont(before[2])


def test_application_gets_the_themes_look(styled: QApplication) -> None:
    assert styled.palette().color(QPalette.ColorRole.Window).name() == theme.GROUND
    assert styled.font().pixelSize() == theme.FONT_PX
    assert font().family() in (*theme.FONT_FAMILIES, "sans-serif")


def test_tone_and_scale_reach_a_label(styled: QApplication, qtbot) -> None:  # type: ignore[no-untyped-def]
    label: QLabel = plain_label("x", tone="alarm", scale="large")
    qtbot.addWidget(label)
    label.ensurePolished()
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == theme.ALARM
    assert label.font().pixelSize() == theme.FONT_LARGE_PX


def test_every_state_has_its_icon(qapp: QApplication) -> None:
    assert set(ALERT_ICONS) == set(AlertKind)
    assert set(URGENCY_ICONS) == set(Urgency)
    assert set(ENTRY_ICONS) == set(EntryKind)
    assert set(NOTICE_ICONS) == set(NoticeLevel)
    used = {*ALERT_ICONS.values(), *URGENCY_ICONS.values(), *ENTRY_ICONS.values(), *NOTICE_ICONS.values()}
    assert used <= icon_names()


@pytest.mark.parametrize("name", sorted(icon_names()))
def test_icon_is_drawn_in_the_colour_asked_for_and_inside_its_frame(qapp: QApplication, name: str) -> None:
    image = pixmap(name, "#ff0000", 24, 2.0).toImage()
    assert (image.width(), image.height(), image.devicePixelRatio()) == (48, 48, 2.0)
    inked = [
        (x, y, image.pixelColor(x, y))
        for x in range(48)
        for y in range(48)
        if image.pixelColor(x, y).alpha() > 200
    ]
    assert len(inked) > 40
    assert all(colour.red() > 200 and colour.green() < 50 for _, _, colour in inked)
    assert not any(x in (0, 47) or y in (0, 47) for x, y, _ in inked)


def test_icons_differ_from_each_other(qapp: QApplication) -> None:
    images = {name: bytes(pixmap(name, "#ffffff", 24, 1.0).toImage().constBits()) for name in icon_names()}
    assert len(set(images.values())) == len(images)


def test_icons_are_of_one_family() -> None:
    for path in ICON_FOLDER.glob("*.svg"):
        drawing = path.read_text(encoding="utf-8")
        assert 'viewBox="0 0 24 24"' in drawing
        if not path.stem.startswith("style-"):
            assert 'stroke-width="1.75"' in drawing
            assert 'stroke="currentColor"' in drawing


def test_pictures_in_the_style_sheet_have_the_themes_colours() -> None:
    assert theme.TEXT_DIM in (ICON_FOLDER / "style-chevron-down.svg").read_text(encoding="utf-8")
    assert theme.TEXT_ON_COLOUR in (ICON_FOLDER / "style-check.svg").read_text(encoding="utf-8")


def test_drawn_icon_is_kept(qapp: QApplication) -> None:
    assert icon("camera") is icon("camera")
    assert pixmap("camera", "#123456", 20, 1.0) is pixmap("camera", "#123456", 20, 1.0)


def test_unknown_icon_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        pixmap("no-such-icon")
