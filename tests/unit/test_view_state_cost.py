"""The cost sheet's words: budget, load, what gives way and what does not fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.camera import Quality
from app.domain.forecast import Forecast, forecast
from app.domain.ids import CameraId
from app.domain.picture_size import PictureSize
from app.domain.quality_policy import NoBudget, cost_mpx_s
from tests.fakes.world import camera
from widgets.view_state_cost import cost_sheet, load_words

ALL = {camera(n).id: camera(n) for n in range(9)}
MAIN_COST, SUB_COST = (cost_mpx_s(camera(1), quality) for quality in Quality)
LARGE = PictureSize(1280, 720)


def said(count: int, budget: float | None, why: NoBudget = NoBudget.NOT_MEASURED_YET) -> Forecast:
    return forecast({CameraId(f"cam-{n}"): LARGE for n in range(count)}, {}, ALL, budget, why)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (NoBudget.NOT_MEASURED_YET, "not measured yet"),
        (NoBudget.NOT_WANTED, "no budget set"),
        (NoBudget.NOT_MEASURABLE, "could not be measured"),
    ],
)
def test_without_a_budget_the_sheet_says_why_and_shows_no_share(why: NoBudget, words: str) -> None:
    sheet = cost_sheet(said(2, None, why))
    assert (sheet.budget, sheet.percent, sheet.tone) == (words, None, "dim")
    assert load_words(3.0, None, why) == f"3.0 Mpx/s, budget {words}"


def test_what_fits_is_told_in_a_sentence() -> None:
    sheet = cost_sheet(said(2, 4 * MAIN_COST))
    assert (sheet.percent, sheet.tone) == (50, "dim")
    assert sheet.verdict == "All of it fits: every tile shows the stream that its size asks for."
    assert not sheet.gives_way + sheet.left_over
    assert [(row.camera, row.tile, row.quality, row.mpx_s, row.note) for row in sheet.rows[:1]] == [
        ("Camera 0", "1280 × 720", "Main", "13.8", "")
    ]


def test_those_who_give_way_are_named_and_what_is_left_over_is_told() -> None:
    sheet = cost_sheet(said(5, SUB_COST))
    assert sheet.tone == "alarm"
    assert sheet.percent == 500
    assert sheet.verdict == ""
    assert sheet.gives_way == (
        "Shown by their sub stream to save work: Camera 0, Camera 1, Camera 2 and 2 others."
    )
    assert sheet.left_over.startswith(f"Even so {4 * SUB_COST:.1f} Mpx/s do not fit")
    assert {(row.quality, row.note, row.tone) for row in sheet.rows} == {
        ("Sub", "Gives way to its sub stream", "warn")
    }


def test_a_little_over_the_budget_is_never_called_all_of_it() -> None:
    assert load_words(100.04, 100.0, NoBudget.NOT_WANTED) == "100 of 100 Mpx/s (101 %)"


def test_an_empty_wall_costs_nothing() -> None:
    sheet = cost_sheet(said(0, 10.0))
    assert (sheet.percent, sheet.rows) == (0, ())
    assert "costs nothing" in sheet.verdict


def test_a_camera_that_has_gone_is_listed_with_words() -> None:
    sheet = cost_sheet(forecast({CameraId("gone"): LARGE}, {}, ALL, 10.0))
    assert [(row.camera, row.note) for row in sheet.rows] == [("gone", "Not in the camera directory")]


def test_a_long_name_keeps_what_tells_the_cameras_of_a_site_apart() -> None:
    long = replace(camera(1), name="Central Station North Concourse, platform view, camera 3 of 40")
    sheet = cost_sheet(forecast({long.id: LARGE}, {}, {long.id: long}, SUB_COST))
    assert sheet.gives_way.endswith(": Central Station N…ew, camera 3 of 40.")
