import pytest

from app.domain.events import Notice, NoticeLevel
from tests.gui.panels.city import START
from widgets.view_state_notices import command_in, notice_view


def test_gravest_and_newest_notices_come_first_and_the_rest_is_counted() -> None:
    levels = (NoticeLevel.INFO, NoticeLevel.ERROR, NoticeLevel.WARNING, NoticeLevel.ERROR, NoticeLevel.INFO)
    notices = [Notice(n, START, level, "x") for n, level in enumerate(levels)]
    view = notice_view(notices)
    assert [notice.id for notice in view.shown] == [3, 1, 2]
    assert view.more == 2


@pytest.mark.parametrize(
    ("remedy", "command"),
    [
        ("Install it: sudo apt install libvlc5 vlc-plugin-base", "sudo apt install libvlc5 vlc-plugin-base"),
        ("Run 'brew install --cask vlc', then try again.", "brew install --cask vlc"),
        ("Run sudo apt install libvlc5.\nThen try again.", "sudo apt install libvlc5"),
        ("Ask your administrator.", ""),
    ],
)
def test_command_is_found_in_a_remedy(remedy: str, command: str) -> None:
    assert command_in(remedy) == command
