from django.conf import settings

from reachin.access.referrals.pictures import drawn, page
from reachin.access.requests_for_assistance.rules import MOVES


def test_the_page_of_pictures_is_the_tables_of_today() -> None:
    kept = (settings.ROOT / "docs" / "journeys" / "states-and-moves.md").read_text()
    assert kept == page(), "draw it again: python3 start.py manage draw_pictures"


def test_each_move_is_an_arrow_with_its_movers() -> None:
    picture = drawn(MOVES)
    for state, onward in MOVES.items():
        for to in onward:
            assert f"    {state.value} --> {to.value}: " in picture
