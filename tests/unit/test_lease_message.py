"""A lease brings its masks, or it is none."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.privacy_mask import PrivacyMask
from app.wire.convert import lease_from
from app.wire.hub import LeaseOut


def lease(**changes: Any) -> dict[str, Any]:
    return {
        "id": "lease-1",
        "camera_id": "cam-1",
        "quality": "sub",
        "kind": "rtsp",
        "url": "rtsp://viewer:s3cret@10.0.0.9/sub",
        "expires_at": "2026-11-21T07:12:09Z",
        "privacy_masks": [],
        **changes,
    }


def test_a_lease_brings_the_masks_of_its_camera() -> None:
    told = LeaseOut.model_validate(lease(privacy_masks=[[0, 0.25, 1, 0.5], [0.1, 0.1, 0.1, 0.1]]))
    masks = lease_from(told).privacy_masks
    assert masks == (PrivacyMask(0, 0.25, 1, 0.5), PrivacyMask(0.1, 0.1, 0.1, 0.1))
    assert lease_from(LeaseOut.model_validate(lease())).privacy_masks == ()


@pytest.mark.parametrize("masks", [None, [[0, 0, 1]], [[0, 0, 1, "wide"]], [[0, 0, 1, float("nan")]], {}])
def test_a_lease_whose_masks_cannot_be_read_is_none(masks: object) -> None:
    with pytest.raises(ValidationError) as refused:
        LeaseOut.model_validate(lease(privacy_masks=masks))
    assert "s3cret" not in str(refused.value)


def test_a_lease_that_tells_no_masks_is_none() -> None:
    silent = lease()
    del silent["privacy_masks"]
    # Errors quote the beginning and the end of what they refuse.
    silent["url"] = silent.pop("url")
    with pytest.raises(ValidationError, match="privacy_masks") as refused:
        LeaseOut.model_validate(silent)
    assert "10.0.0.9" not in str(refused.value)
