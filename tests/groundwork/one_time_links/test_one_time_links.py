"""A link leads one person to one thing, once; whatever else is tried, the answer and the work are the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.db.utils import InternalError, ProgrammingError
from django.test.utils import CaptureQueriesContext

from reachin.groundwork.audited_access.context import Actor, acting, ask
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.field_encryption import phrases
from reachin.groundwork.one_time_links.actions import Used, confirm_link, end_links, forget_links, make_link, use_link
from reachin.groundwork.one_time_links.models import OneTimeLink
from reachin.groundwork.one_time_links.rules import (
    CHECK_GOOD_FOR,
    KEPT_WHEN_OVER,
    LONGEST_LIFE,
    MOST_TRIES,
    TRIES_OF_A_NETWORK,
    check_terms,
)
from workshop.servers import Connection

PHRASE = "three slow herons"
PURPOSE = "page.open"
AGENCY = uuid4()
WORKER = Actor.staff(user=uuid4(), agency=AGENCY, role="hub_worker")
STRANGER = Actor.staff(user=uuid4(), agency=uuid4(), role="hub_worker")
NETWORK = "203.0.113.0/24"
HALF_AN_HOUR = timedelta(minutes=30)


def made(
    phrase: str = PHRASE, *, subject: UUID | None = None, lasts: timedelta = HALF_AN_HOUR, **ends_with: UUID
) -> tuple[OneTimeLink, str]:
    with acting(WORKER) as now:
        return make_link(
            PURPOSE, subject or uuid4(), by=WORKER.user, phrase=phrase, lasts=lasts, now=now, **{"agency_id": AGENCY, **ends_with}
        )


def used(token: str, phrase: str = PHRASE, *, purpose: str = PURPOSE, network: str = NETWORK) -> UUID | None:
    return use_link(token, purpose=purpose, phrase=phrase, network=network).subject_id


def kept(link: OneTimeLink) -> OneTimeLink:
    return OneTimeLink.objects.using("owner").get(id=link.id)


# Making


@pytest.mark.asvs("6.5.2", "6.5.3", "11.5.1")
def test_a_link_has_128_bits_of_which_only_a_digest_is_kept(db: None, admin: Connection) -> None:
    link, token = made()
    assert len(token) == 22
    row = admin.execute("select row(l.*)::text from one_time_links_onetimelink l where id = %s", [link.id]).fetchone()
    assert row is not None
    assert token not in row[0]
    assert PHRASE not in row[0]
    assert len(bytes(kept(link).token_digest)) == 32


def test_no_two_links_are_alike(db: None) -> None:
    assert len({made()[1] for _ in range(20)}) == 20


@pytest.mark.parametrize("purpose", ["page", "Page.open", "page.open.now", "", "page.open; drop"])
def test_a_purpose_is_noun_and_verb(purpose: str) -> None:
    with pytest.raises(ValueError, match="noun"):
        check_terms(purpose, HALF_AN_HOUR)


@pytest.mark.parametrize("lasts", [timedelta(), timedelta(seconds=-1), LONGEST_LIFE + timedelta(seconds=1)])
def test_a_link_lives_for_some_time_and_not_long(lasts: timedelta) -> None:
    with pytest.raises(ValueError, match="three days"):
        check_terms(PURPOSE, lasts)


def test_another_link_for_the_same_ends_the_one_before(db: None) -> None:
    subject = uuid4()
    first, second = made(subject=subject), made(subject=subject)
    assert used(first[1]) is None
    assert used(second[1]) == subject
    assert kept(first[0]).ended_by == "another link"


def test_nobody_makes_a_link_in_anothers_name_or_for_another_agency(db: None) -> None:
    for by, agency in ((uuid4(), AGENCY), (WORKER.user, uuid4())):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(WORKER) as now:
            make_link(PURPOSE, uuid4(), by=by, phrase=PHRASE, lasts=HALF_AN_HOUR, agency_id=agency, now=now)


def test_a_visitor_makes_no_link(db: None) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), acting(Actor.visitor()) as now:
        make_link(PURPOSE, uuid4(), by=None, phrase=PHRASE, lasts=HALF_AN_HOUR, now=now)


def test_the_system_and_a_family_make_links_of_their_own(db: None) -> None:
    family, subject = Actor.family(uuid4()), uuid4()
    with acting(family) as now:
        _link, of_family = make_link(PURPOSE, uuid4(), by=family.scope, phrase=PHRASE, lasts=HALF_AN_HOUR, now=now)
    with acting(Actor.system("closed_loop")) as now:
        _link, of_system = make_link(PURPOSE, subject, by=None, phrase=PHRASE, lasts=HALF_AN_HOUR, now=now)
    assert used(of_family) is not None
    assert used(of_system) == subject


# Using


@pytest.mark.asvs("6.5.1")
def test_with_its_phrase_a_link_leads_where_it_should_and_only_once(db: None) -> None:
    subject = uuid4()
    link, token = made(subject=subject)
    assert used(token) == subject
    assert used(token) is None
    assert kept(link).used_at is not None
    assert [row.subject_id for row in AuditEvent.objects.using("owner").filter(event="link.used")] == [link.id]


def test_a_phrase_is_read_as_people_type_it_on_other_phones(db: None) -> None:
    subject = uuid4()
    _link, token = made("Mum’s  Café", subject=subject)
    assert used(token, "mum's cafe\u0301 ") == subject


@pytest.mark.asvs("2.3.4", "15.4.2")
def test_fifty_at_once_and_one_wins(db: None) -> None:
    subject, together = uuid4(), Barrier(50)
    link, token = made(subject=subject)

    def presses(_number: int) -> UUID | None:
        try:
            together.wait(timeout=60)
            return used(token, network="")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as people:
        told = list(people.map(presses, range(50)))
    assert [one for one in told if one is not None] == [subject]
    assert kept(link).tries <= MOST_TRIES


def test_many_who_guess_at_once_get_no_further_than_one_by_one(db: None) -> None:
    link, token = made()

    def guesses(number: int) -> UUID | None:
        try:
            return used(token, f"a guess {number}", network="")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as people:
        assert set(people.map(guesses, range(16))) == {None}
    assert kept(link).tries == MOST_TRIES
    assert used(token) is None, "whoever knows the phrase comes too late"


@pytest.mark.asvs("2.4.1")
def test_after_too_many_tries_from_one_network_nothing_is_tried_from_there(db: None) -> None:
    _link, token = made()
    for _ in range(TRIES_OF_A_NETWORK):
        assert use_link("unknown", purpose=PURPOSE, phrase="x", network="198.51.100.0/24") == Used(None)
    assert use_link(token, purpose=PURPOSE, phrase=PHRASE, network="198.51.100.0/24") == Used(None, is_too_often=True)
    assert used(token) is not None


@pytest.mark.asvs("6.5.5")
def test_a_link_is_over_when_its_time_is(db: None, time_is: Callable[[datetime], None]) -> None:
    link, token = made()
    time_is(link.made_at + HALF_AN_HOUR + timedelta(seconds=1))
    assert used(token) is None


@pytest.mark.asvs("9.2.2")
def test_a_link_for_one_purpose_opens_no_other(db: None) -> None:
    _link, token = made()
    assert used(token, purpose="account.begin") is None
    assert used(token) is not None


# A worker's check


def test_without_a_phrase_a_link_needs_a_worker_who_is_with_them(db: None) -> None:
    subject = uuid4()
    link, token = made("", subject=subject)
    assert used(token) is None
    with acting(WORKER) as now:
        confirm_link(link.id, by=_id(WORKER), now=now)
    assert used(token, "") == subject


def test_a_check_holds_for_half_an_hour(db: None, time_is: Callable[[datetime], None]) -> None:
    link, token = made("", lasts=LONGEST_LIFE)
    with acting(WORKER) as now:
        confirm_link(link.id, by=_id(WORKER), now=now)
    time_is(now + CHECK_GOOD_FOR + timedelta(seconds=1))
    assert used(token) is None


def test_nobody_of_another_agency_and_no_phrase_link_is_checked(db: None) -> None:
    of_worker, of_phrase = made("")[0], made()[0]
    for who, link in ((STRANGER, of_worker), (WORKER, of_phrase)):
        with acting(who) as now, pytest.raises(OneTimeLink.DoesNotExist):
            confirm_link(link.id, by=_id(who), now=now)


def _id(who: Actor) -> UUID:
    assert who.user is not None
    return who.user


# Ending


@pytest.mark.parametrize("whose", ["subject_id", "account_id", "agency_id"])
def test_links_end_with_their_subject_account_or_agency(db: None, whose: str) -> None:
    account, subject = uuid4(), uuid4()
    _link, token = made(subject=subject, account_id=account)
    these: dict[str, Any] = {whose: {"subject_id": subject, "account_id": account, "agency_id": AGENCY}[whose]}
    others: dict[str, Any] = {whose: uuid4()}
    with acting(STRANGER) as now:
        assert end_links(because="left", now=now, **others) == 0
        assert end_links(because="left", now=now, **these) == 1
    assert used(token) is None


def test_what_was_used_is_not_ended(db: None) -> None:
    link, token = made()
    used(token)
    with acting(WORKER) as now:
        assert end_links(because="left", now=now, agency_id=AGENCY) == 0
    assert kept(link).ended_at is None


def test_it_has_to_be_said_whose_links_end(db: None) -> None:
    with acting(WORKER) as now, pytest.raises(ValueError, match="whose"):
        end_links(because="left", now=now)


# The same for all that leads nowhere


def nowhere() -> dict[str, tuple[str, str, str]]:
    """Token, phrase and purpose of everything that leads nowhere."""
    was_used, ended, wrong = made()[1], made()[1], made()[1]
    used(was_used)
    subject = uuid4()
    ended = made(subject=subject)[1]
    with acting(WORKER) as now:
        end_links(because="left", now=now, subject_id=subject)
    return {
        "unknown": ("A" * 22, PHRASE, PURPOSE),
        "no token": ("", PHRASE, PURPOSE),
        "endless": ("A" * 5000, PHRASE, PURPOSE),
        "used": (was_used, PHRASE, PURPOSE),
        "ended": (ended, PHRASE, PURPOSE),
        "wrong phrase": (wrong, "another phrase", PURPOSE),
        "other purpose": (made()[1], PHRASE, "account.begin"),
        "not checked": (made("")[1], PHRASE, PURPOSE),
    }


def test_everything_that_leads_nowhere_gets_one_answer_and_takes_the_same_work(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, object] = {}
    for name, (token, phrase, purpose) in nowhere().items():
        hashed: list[str] = []
        verify = phrases._hasher.verify
        with monkeypatch.context() as patched, CaptureQueriesContext(connection) as asked:
            patched.setattr(phrases, "_hasher", Counting(verify, hashed))
            answer = use_link(token, purpose=purpose, phrase=phrase, network=NETWORK)
        told[name] = (answer, len(hashed), [one["sql"].split("'")[0][:60] for one in asked.captured_queries])
    assert len(told) == 8
    assert len({str(one) for one in told.values()}) == 1, told
    assert told["unknown"][:2] == (Used(None), 1)  # type: ignore[index]


class Counting:
    """A hasher that notes each verification."""

    def __init__(self, verify: Callable[[str, str], object], hashed: list[str]) -> None:
        self._verify, self._hashed = verify, hashed

    def verify(self, kept_hash: str, phrase: str) -> object:
        self._hashed.append(kept_hash)
        return self._verify(kept_hash, phrase)


@pytest.mark.asvs("16.3.3")
def test_refusals_leave_the_same_audit_row(db: None) -> None:
    for token, phrase, purpose in nowhere().values():
        used(token, phrase, purpose=purpose)
    rows = AuditEvent.objects.using("owner").filter(event="link.refused").values_list("subject_kind", "subject_id", "actor_kind")
    assert set(rows) == {("link", UUID(int=0), "visitor")}


# Held by the database


def test_nobody_but_the_maker_and_the_agency_sees_that_a_link_is_there(db: None) -> None:
    made()
    for who, seen in ((WORKER, 1), (STRANGER, 0), (Actor.visitor(), 0), (Actor.family(uuid4()), 0)):
        with acting(who, read_only=True):
            assert OneTimeLink.objects.count() == seen, who


@pytest.mark.parametrize("column", ["tries = 0", "used_at = null", "expires_at = expires_at + interval '1 day'", "phrase_hash = 'x'"])
def test_nobody_changes_what_a_link_is(db: None, column: str) -> None:
    made()
    with pytest.raises((ProgrammingError, InternalError), match="permission denied"), acting(WORKER):
        ask(f"update one_time_links_onetimelink set {column} returning 1")


def test_no_link_is_used_that_was_not_tried(db: None) -> None:
    link, _token = made()
    with acting(Actor.visitor()):
        assert ask("select id from reachin.use_link(%s::bytea, %s, true, interval '1 hour')", link.token_digest, PURPOSE) is None


def test_only_clearing_removes_links_and_only_those_that_are_over(db: None) -> None:
    over, live = made(), made(lasts=LONGEST_LIFE)
    used(over[1])
    with acting(WORKER) as now:
        assert forget_links(now + KEPT_WHEN_OVER) == 0
    with acting(Actor.system("clearing")) as now:
        assert forget_links(now) == 0
        assert forget_links(now + KEPT_WHEN_OVER) == 1
    assert [link.id for link in OneTimeLink.objects.using("owner").all()] == [live[0].id]
