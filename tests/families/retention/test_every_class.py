"""Every class of the schedule is destroyed when its time is over, nothing of it is left anywhere, and the chain knows why it is gone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db.utils import ProgrammingError

from reachin.families.retention.actions import as_retention, sweep
from reachin.families.retention.models import DestructionReview
from reachin.families.retention.rules import CLASSES
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.chain import chain, link_committed
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.witness import Finding, verify
from workshop.servers import Connection

from .left_over import WORD, a_family_in_every_class, left_of, round_of_destruction

Clock = Callable[[datetime], None]
MOST_ROUNDS = 6
HIDDEN_IN = {
    "accounts_account",
    "information_requests_copyentry",
    "information_requests_informationwords",
    "information_sharing_emergencyaccess",
    "information_sharing_sharingagreement",
    "information_sharing_sharingdecision",
    "own_accounts_ownaccount",
    "people_persondetails",
    "record_linkage_merge",
    "referrals_snapshot",
    "requests_for_assistance_draftrequest",
    "requests_for_assistance_storytold",
}


def until_nothing_is_due(time_is: Clock, year: int = 2200) -> set[tuple[str, str]]:
    """Rounds, ten years apart, until a round finds nothing."""
    found: set[tuple[str, str]] = set()
    for place in range(MOST_ROUNDS):
        time_is(datetime(year + 10 * place, 1, 1, tzinfo=UTC))
        went = round_of_destruction()
        with as_retention():
            sweep()
        link_committed()
        if not went:
            return found
        found |= went
    raise AssertionError("something comes up for ever")


def verified() -> tuple[list[Finding], list[Finding]]:
    destroyed: list[Finding] = []
    return list(verify(chain(using="owner"), destroyed=destroyed)), destroyed


def test_every_class_goes_and_nothing_of_it_is_left_anywhere(db: None, admin: Connection, time_is: Clock) -> None:
    a_family_in_every_class()
    admin.execute("update notices_message set state = 'sent', settled_at = now(), settled_by = 'x'")
    link_committed()
    assert left_of(admin) >= HIDDEN_IN
    went = until_nothing_is_due(time_is)
    assert left_of(admin) == set()
    assert {kind for kind, _code in went} == {str(kind) for (kind,) in admin.execute("select kind from reachin.destroyable").fetchall()}
    swept = {str(code) for (code,) in admin.execute("select class_code from reachin.sweepable").fetchall()}
    assert {code for _kind, code in went} | swept | {"referral", "looked_after", "request_in_danger"} == {
        code for code, kept in CLASSES.items() if kept.years
    }


def test_the_chain_tells_what_was_lawfully_destroyed_from_what_was_removed(db: None, admin: Connection, time_is: Clock) -> None:
    a_family_in_every_class()
    link_committed()
    until_nothing_is_due(time_is)
    findings, destroyed = verified()
    assert findings == []
    assert len(destroyed) > 10
    assert all("lawfully destroyed" in str(one) for one in destroyed)
    which = "select id from audited_access_auditevent where event <> 'traces.destroyed' limit 1"
    [(removed,)] = admin.execute(f"delete from audited_access_auditevent where id = ({which}) returning id").fetchall()
    findings, still = verified()
    assert [str(one).split(": ", 1)[1] for one in findings] == [f"its row (change {removed}) was removed"]
    assert still == destroyed


def test_traces_outlive_what_they_tell_of_by_years(db: None, time_is: Clock) -> None:
    a_family_in_every_class()
    link_committed()
    time_is(datetime(2200, 1, 1, tzinfo=UTC))
    assert "traces" not in {kind for kind, _code in round_of_destruction()}
    time_is(datetime(2200, 1, 1, tzinfo=UTC) + timedelta(days=round(5.9 * 365.25)))
    assert "traces" not in {kind for kind, _code in round_of_destruction()}
    time_is(datetime(2206, 2, 1, tzinfo=UTC))
    assert "traces" in {kind for kind, _code in round_of_destruction()}


def test_nobody_else_says_that_traces_were_destroyed(db: None) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), acting(Actor.system("retention")):
        record("traces.destroyed", subject_kind="traces", subject_id=DestructionReview().id)


def test_a_word_that_is_there_is_found(db: None, admin: Connection) -> None:
    assert left_of(admin, WORD) == set()
    a_family_in_every_class()
    assert "requests_for_assistance_storytold" in left_of(admin, WORD)
