"""A family comes back by the code and the phrase; nobody learns anything by trying."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reachin.access.requests_for_assistance import drafts
from reachin.access.requests_for_assistance.drafts import TRIES_ALLOWED, TRIES_OF_A_NETWORK_ALLOWED, TRIES_WITHIN, CameIn, come_in
from reachin.access.requests_for_assistance.models import DraftRequest, WayIn, WayInTry
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.field_encryption import phrases
from reachin.groundwork.ids import new_reference
from tests import cast
from workshop.servers import Connection

UNKNOWN = "KKKK-KKKK-KKKK"


def test_the_right_phrase_leads_to_the_draft_and_after_sending_to_the_request(db: None) -> None:
    draft = cast.draft(**cast.FAMILY_ANSWERS)
    assert come_in(draft.reference, cast.PHRASE, network="x") == CameIn(draft.id)
    cast.send(draft)
    assert come_in(draft.reference, cast.PHRASE, network="x") == CameIn(draft.id)


@pytest.mark.parametrize(
    "typed",
    ["blue boat at the pier", "BLUE BOAT AT THE PIER", "  blue   boat at\tthe pier ", "ｂｌｕｅ boat at the pier"],
)
def test_case_spacing_and_width_do_not_matter_in_a_phrase(db: None, typed: str) -> None:
    assert come_in(cast.family_request().reference, typed, network="x").scope is not None


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("don't tell", "don’t tell"),
        ("cafe\u0301 by the sea", "caf\u00e9 by the sea"),
        ("Mo bhàta gorm", "mo bha\u0300ta gorm"),
        ("straße", "STRASSE"),
    ],
)
def test_another_phones_way_of_writing_the_same_letters_does_not_matter(db: None, chosen: str, typed: str) -> None:
    assert come_in(cast.family_request(phrase=chosen).reference, typed, network="x").scope is not None


@pytest.mark.parametrize("typed", ["", "blue boat", "blue boat at the pie", "blue boat at the pier!", "x" * 10_000, "\x00", "\ud800", "🙂"])
def test_a_wrong_phrase_leads_nowhere(db: None, typed: str) -> None:
    assert come_in(cast.family_request().reference, typed, network="x") == CameIn(None)


@pytest.mark.parametrize("typed", [UNKNOWN, "", "no code at all", "\x00", "\ud800", "🙂" * 50, "K" * 10_000])
def test_an_unknown_code_leads_nowhere(db: None, typed: str) -> None:
    cast.family_request()
    assert come_in(typed, cast.PHRASE, network="x") == CameIn(None)


def test_a_reference_is_read_however_it_is_typed(db: None) -> None:
    made = cast.family_request()
    for typed in (made.reference.lower(), made.reference.replace("-", ""), f" {made.reference.replace('-', ' ')} "):
        assert come_in(typed, cast.PHRASE, network="x").scope == made.id


def test_a_request_without_a_phrase_cannot_be_come_back_to(db: None) -> None:
    made = cast.family_request(phrase="")
    assert come_in(made.reference, "", network="x").scope is None


def queries_of(reference: str, phrase: str) -> list[str]:
    """The statements of one try, without their values."""
    with CaptureQueriesContext(connection) as caught:
        come_in(reference, phrase, network="x")
    return [re.sub(r"'[^']*'|\d+", "?", query["sql"]).split("(?")[0] for query in caught.captured_queries]


@pytest.mark.asvs("6.3.8")
def test_unknown_wrong_and_right_take_the_same_steps(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made = cast.family_request()
    hashed: list[str] = []
    verify = phrases._hasher.verify

    def noting(_: object, phrase_hash: str, phrase: str) -> bool:
        hashed.append(phrase_hash)
        return bool(verify(phrase_hash, phrase))

    monkeypatch.setattr(type(phrases._hasher), "verify", noting)
    steps = [queries_of(UNKNOWN, "x"), queries_of(made.reference, "x"), queries_of(made.reference, cast.PHRASE)]
    assert steps[0] == steps[1] == steps[2]
    assert len(hashed) == 3
    assert len({phrase_hash.split("$")[3] for phrase_hash in hashed}) == 1, "the same cost each time"


@pytest.mark.asvs("2.3.2", "6.6.3")
def test_guessing_one_code_is_slowed_from_wherever_it_comes(db: None) -> None:
    made = cast.family_request()
    for guess in range(TRIES_ALLOWED):
        assert come_in(made.reference, "x", network=f"network {guess}") == CameIn(None)
    assert come_in(made.reference, cast.PHRASE, network="another") == CameIn(None, is_too_often=True)
    assert come_in(cast.family_request().reference, cast.PHRASE, network="another").scope is not None


def test_guessing_from_many_threads_at_once_gets_no_further(db: None) -> None:
    made = cast.family_request()

    def guess(number: int) -> bool:
        try:
            return come_in(made.reference, "x", network=f"network {number}").is_too_often
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert sum(not slowed for slowed in pool.map(guess, range(24))) == TRIES_ALLOWED


def test_guessing_an_unknown_code_is_slowed_just_the_same(db: None) -> None:
    for _ in range(TRIES_ALLOWED):
        assert come_in(UNKNOWN, "x", network="x") == CameIn(None)
    assert come_in(UNKNOWN, "x", network="x") == CameIn(None, is_too_often=True)


@pytest.mark.asvs("2.4.1", "6.6.3")
def test_guessing_many_codes_from_one_place_is_slowed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "is_phrase", lambda *_: False)
    for _ in range(TRIES_OF_A_NETWORK_ALLOWED):
        assert come_in(new_reference(), "x", network="one place") == CameIn(None)
    assert come_in(new_reference(), "x", network="one place") == CameIn(None, is_too_often=True)
    assert come_in(new_reference(), "x", network="another place") == CameIn(None)


def test_after_a_quarter_of_an_hour_it_can_be_tried_again(db: None, time_is: Callable[[datetime], None]) -> None:
    made = cast.family_request()
    for _ in range(TRIES_ALLOWED):
        come_in(made.reference, "x", network="x")
    with acting(Actor.visitor()) as now:
        pass
    time_is(now + TRIES_WITHIN + timedelta(seconds=5))
    assert come_in(made.reference, cast.PHRASE, network="x").scope == made.id


def test_a_try_keeps_neither_the_code_nor_the_phrase_nor_the_place(db: None, admin: Connection) -> None:
    made = cast.family_request()
    come_in(made.reference, "a wrong phrase", network="10.1.2.3")
    kept = str(admin.execute("select * from requests_for_assistance_wayintry").fetchall())
    assert WayInTry.objects.count() == 2
    for secret in (made.reference, made.reference.replace("-", ""), "wrong phrase", "10.1.2.3"):
        assert secret not in kept


@pytest.mark.asvs("16.3.1", "16.3.3")
def test_every_try_leaves_an_audit_row_that_does_not_tell_whose_code_was_guessed(db: None) -> None:
    made = cast.family_request()
    come_in(made.reference, "x", network="x")
    come_in(UNKNOWN, "x", network="x")
    come_in(made.reference, cast.PHRASE, network="x")
    rows = AuditEvent.objects.using("owner").filter(event__startswith="way_in").order_by("happened_at")
    assert [(row.event, row.subject_id) for row in rows] == [
        ("way_in.refused", UUID(int=0)),
        ("way_in.refused", UUID(int=0)),
        ("way_in.used", made.id),
    ]


@pytest.mark.asvs("6.5.2")
def test_the_phrase_is_kept_as_a_hash_and_the_code_as_a_keyed_digest(db: None) -> None:
    made = cast.family_request()
    way_in = WayIn.objects.using("owner").get()
    assert way_in.phrase_hash.startswith("$argon2id$")
    assert made.reference.encode() not in bytes(way_in.reference_digest)
    assert len(bytes(way_in.reference_digest)) == 32


def test_the_bearer_may_choose_another_phrase_and_the_old_one_ends(db: None) -> None:
    made = cast.family_request()
    with acting(Actor.family(made.id)) as now:
        drafts.choose_phrase(made.id, reference=made.reference, phrase="a new one", by=None, now=now)
    assert come_in(made.reference, cast.PHRASE, network="x").scope is None
    assert come_in(made.reference, "a new one", network="x").scope == made.id


def test_a_draft_that_is_thrown_away_is_gone_with_its_way_in(db: None) -> None:
    draft = cast.draft(**cast.FAMILY_ANSWERS)
    with acting(Actor.family(draft.id)) as now:
        drafts.throw_away(draft.id, by=None, now=now)
    assert not DraftRequest.objects.using("owner").exists()
    assert come_in(draft.reference, cast.PHRASE, network="x").scope is None


def test_nothing_typed_is_lost_and_a_later_answer_wins(db: None) -> None:
    draft = cast.draft(story="We are tired.", phone="07700 900123")
    with acting(Actor.family(draft.id)) as now:
        kept = drafts.keep_answers(draft.id, {"story": "We are very tired.", "wishes": "Sleep"}, by=None, now=now)
    assert kept.answers() == {"story": "We are very tired.", "phone": "07700 900123", "wishes": "Sleep"}
    with acting(Actor.family(draft.id), read_only=True):
        assert DraftRequest.objects.get().answers() == kept.answers()


def test_danger_in_a_draft_is_marked_when_it_was_first_seen_and_stays_marked(db: None) -> None:
    draft = cast.draft(story="he hits me")
    first = draft.saw_danger_at
    with acting(Actor.family(draft.id)) as now:
        kept = drafts.keep_answers(draft.id, {"story": "all well"}, by=None, now=now)
    assert first is not None
    assert kept.saw_danger_at == first
