from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from reachin.families.retention.enums import ReviewDecision
from reachin.families.retention.rules import CLASSES, due_at, is_due, length, trouble_with_confirming, unclassed

ENDED = datetime(2026, 3, 1, tzinfo=UTC)


def test_every_class_says_what_it_is_and_where_its_years_come_from() -> None:
    for code, kept in CLASSES.items():
        assert kept.code == code
        assert len(kept.what) > 10
        assert len(kept.source) > 20
        assert kept.years is None or 0 < kept.years <= 100


def test_what_was_told_by_families_is_looked_at_by_people_before_it_goes() -> None:
    without = {code for code, kept in CLASSES.items() if not kept.needs_review}
    assert without == {"draft", "message", "tries", "public", "machinery", "destruction"}


def test_a_record_is_due_when_its_years_are_over_and_not_a_day_before() -> None:
    over = ENDED + timedelta(days=round(25 * 365.25))
    assert due_at("request", ENDED) == over
    assert is_due("request", ENDED, now=over)
    assert not is_due("request", ENDED, now=over - timedelta(days=1))
    assert not is_due("request_in_danger", ENDED, now=over)


def test_what_has_no_schedule_is_never_due() -> None:
    assert length("public") is None
    assert not is_due("public", datetime(1900, 1, 1, tzinfo=UTC), now=ENDED)


def test_whoever_was_a_child_in_a_request_is_grown_up_when_it_is_looked_at() -> None:
    assert (CLASSES["request"].years or 0) >= 25
    assert (CLASSES["looked_after"].years or 0) >= 100


FIRST, SECOND = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("decision", "decided_by", "confirmed_by", "by", "trouble"),
    [
        ("destroy", FIRST, None, SECOND, None),
        ("destroy", FIRST, None, FIRST, "own_decision"),
        ("destroy", FIRST, SECOND, uuid4(), "confirmed_already"),
        ("keep", FIRST, None, SECOND, "nothing_to_confirm"),
        ("hold", FIRST, None, SECOND, "nothing_to_confirm"),
        ("", None, None, SECOND, "not_decided"),
    ],
)
@pytest.mark.asvs("2.3.5")
def test_only_a_second_person_confirms_a_destruction(
    decision: str, decided_by: object, confirmed_by: object, by: object, trouble: str | None
) -> None:
    assert trouble_with_confirming(decision, decided_by=decided_by, confirmed_by=confirmed_by, by=by) == trouble  # type: ignore[arg-type]


def test_every_decision_is_known() -> None:
    assert set(ReviewDecision.values) == {"keep", "destroy", "hold"}


def test_a_table_without_a_class_or_with_an_unknown_one_is_found() -> None:
    assert unclassed(["a", "b", "c"], {"a": "request", "b": "invented"}) == ["b", "c"]
