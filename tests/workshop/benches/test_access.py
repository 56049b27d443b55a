import pytest

from workshop.benches import access
from workshop.benches.access import CHANGING, ratio


def test_the_ratio_is_the_median_of_rounds_in_turn() -> None:
    assert ratio([12.0, 30.0, 11.0], [10.0, 10.0, 10.0]) == 1.2, "one disturbed round says nothing"


def test_a_small_run_is_told_by_one_word() -> None:
    told = access._read(["--small", "--report"])
    assert (told.requests, told.rounds, told.report) == (8_000, 3, True)
    told = access._read([])
    assert (told.requests, told.pages, told.rounds, told.report) == (20_000, 400, 7, False)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('<input name="csrfmiddlewaretoken" value="a">story', '<input name="csrfmiddlewaretoken" value="b">story', True),
        ("waits 3 minutes", "waits 4 minutes", True),
        ("a story", "another story", False),
    ],
)
def test_pages_are_compared_without_what_differs_each_time(one: str, other: str, *, same: bool) -> None:
    assert (CHANGING.sub("", one) == CHANGING.sub("", other)) == same
