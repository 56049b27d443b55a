"""Nobody learns from an answer that somebody is known: for what is theirs not to know and for what is not there, the same answer and work.

The work is compared by what is asked of the database and by how many hashes are computed, not by time: that would only show the machine.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.drafts import TRIES_ALLOWED
from reachin.access.requests_for_assistance.models import RequestPerson
from reachin.families.own_accounts.actions import end_account, invite
from reachin.families.own_accounts.enums import Ground
from reachin.groundwork.audited_access import brakes
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.field_encryption import phrases
from reachin.groundwork.ids import new_reference
from reachin.groundwork.one_time_links.actions import end_links
from reachin.groundwork.permissions.enums import Role
from reachin.groundwork.permissions.rules import may
from reachin.partnership.accounts.models import Account
from tests import cast
from tests.access_matrix import MATRIX
from tests.architecture.test_access_matrix import FOUND

TOGETHER, OWN_PHRASE = "two red mugs", "grey seal on a rock"
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
VALUE = re.compile(r"'(?:[^']|'')*'|\b\d+\b|\\x[0-9a-f]+")


@dataclass(frozen=True)
class Told:
    """All that somebody can tell an answer by."""

    status: int
    body: str
    headers: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]
    hashes: int


@pytest.fixture(autouse=True)
def every_agency_is_counted_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a whole agency is counted anew depends on when it was, whatever is asked for."""
    monkeypatch.setattr(brakes, "_known_of", lambda agency: None)


@contextmanager
def counting_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every phrase that is compared with a hash."""
    compared: list[str] = []
    hasher = phrases._hasher

    class Counting:
        def verify(self, kept: str, phrase: str) -> object:
            compared.append(phrase)
            return hasher.verify(kept, phrase)

    with monkeypatch.context() as patched:
        patched.setattr(phrases, "_hasher", Counting())
        yield compared


def told(ask: Callable[[], Any], typed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Told:
    """The answer without what was typed and without the form's token, and what it took."""
    with counting_hashes(monkeypatch) as compared, CaptureQueriesContext(connection) as asked:
        answer = ask()
    body = TOKEN.sub("", answer.content.decode())
    for name, value in typed.items():
        body = body.replace(f'name="{name}" id="id_{name}" value="{value}"', f'name="{name}"')
    statements = tuple(VALUE.sub("?", one["sql"]) for one in asked.captured_queries if "django_session" not in one["sql"])
    headers = tuple(sorted((name, value) for name, value in answer.headers.items()))
    return Told(answer.status_code, body, headers, statements, len(compared))


# Accounts of one's own


def invited() -> tuple[UUID, str]:
    """The account that somebody was invited to, and the token of its link."""
    sent, worker = cast.family_request(), cast.hub_worker()
    person = RequestPerson.objects.using("owner").select_related("alias").get(request_for_assistance=sent, is_contact=True).alias.person_id
    with cast.opened(worker, sent) as now:
        account, token = invite(person, by=worker, ground=Ground.GROWN_UP, why="", phrase=TOGETHER, now=now)
    return account.id, token


def begins(token: str, together: str = TOGETHER) -> Any:
    client = Client(REMOTE_ADDR="203.0.113.9")
    return client.post(f"/my-page/begin/{token}/", {"together": together, "phrase": OWN_PHRASE})


def own_account(*, ended: bool = False) -> str:
    """The code of an account that was begun."""
    account, token = invited()
    found = CODE.search(begins(token).content.decode())
    assert found is not None
    if ended:
        with acting(Actor.family(account)) as now:
            end_account(account, by=account, now=now)
    return found[0]


def test_an_invitation_says_and_does_the_same_for_every_link_that_leads_nowhere(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    (_, used), (ended, of_ended), (_, live) = invited(), invited(), invited()
    begins(used)
    with acting(Actor.family(ended)) as now:
        end_links(subject_id=ended, because="ended", now=now)
    tries = {"unknown": ("A" * 22, TOGETHER), "used": (used, TOGETHER), "ended": (of_ended, TOGETHER), "other words": (live, "no mugs")}
    found = {}
    for name, (token, together) in tries.items():
        answer = told(partial(begins, token, together), {}, monkeypatch)
        found[name] = replace(answer, body=answer.body.replace(token, ""))
    assert (found["unknown"].status, found["unknown"].hashes) == (422, 1)
    for name, one in found.items():
        assert one == found["unknown"], name


# The way in


def ways_in() -> dict[str, tuple[str, str]]:
    """Reference and phrase of everything that leads nowhere."""
    withdrawn = cast.family_request()
    with cast.as_family(withdrawn) as now:
        actions.withdraw(withdrawn, by=None, reason="", now=now)
    return {
        "a reference that nobody has": (new_reference(), cast.PHRASE),
        "a request and another phrase": (cast.family_request().reference, "another phrase"),
        "a draft and another phrase": (cast.draft(story="I am worn out.").reference, "another phrase"),
        "a request that was taken back": (withdrawn.reference, "another phrase"),
        "a request that was closed": (cast.closed_request().reference, "another phrase"),
        "a request that has no phrase": (cast.keyed_request(phrase="").reference, cast.PHRASE),
        "a practitioner's request": (cast.practitioner_request().reference, cast.PHRASE),
        "a request that looks automatic": (cast.quarantined_request().reference, "another phrase"),
        "an account of one's own": (own_account(), "another phrase"),
        "an account that was ended": (own_account(ended=True), OWN_PHRASE),
    }


def came(reference: str, phrase: str, monkeypatch: pytest.MonkeyPatch) -> Told:
    client = Client(REMOTE_ADDR="203.0.113.9")
    typed = {"reference": reference, "phrase": phrase}
    return told(lambda: client.post("/come-back/", typed), typed, monkeypatch)


def test_the_way_in_says_and_does_the_same_for_everything_that_leads_nowhere(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {name: came(reference, phrase, monkeypatch) for name, (reference, phrase) in ways_in().items()}
    first = found["a reference that nobody has"]
    assert (first.status, first.hashes) == (422, 1)
    assert len(first.statements) > 5
    for name, one in found.items():
        assert one == first, name


def test_what_cannot_be_a_reference_is_answered_like_one_that_nobody_has(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert came("not-a-code-123", cast.PHRASE, monkeypatch) == came(new_reference(), cast.PHRASE, monkeypatch)


def test_trying_too_often_is_answered_alike_for_a_known_and_an_unknown_reference(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    known, unknown = cast.family_request().reference, new_reference()
    answers = {
        reference: [came(reference, "another phrase", monkeypatch) for _ in range(TRIES_ALLOWED + 1)] for reference in (known, unknown)
    }
    assert answers[known] == answers[unknown]
    assert [one.status for one in answers[known]] == [422] * TRIES_ALLOWED + [429]


def test_too_often_does_not_tell_whether_the_phrase_is_right(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    known = cast.family_request().reference
    for _ in range(TRIES_ALLOWED):
        came(known, "another phrase", monkeypatch)
    right, wrong = came(known, cast.PHRASE, monkeypatch), came(known, "another phrase", monkeypatch)
    assert (right, right.status) == (wrong, 429)


# Pages that take an id


def with_an_id() -> list[str]:
    """Every address of staff and families that names a thing."""
    return sorted(
        name
        for name, pattern in FOUND.items()
        if MATRIX[name].audience in ("staff", "family") and {word for word in pattern.pattern.converters if word.endswith("_id")}
    )


def address(name: str, of: UUID) -> str:
    words = FOUND[name].pattern.converters
    return reverse(name, kwargs={word: of if word.endswith("_id") else "story" for word in words})


def foreign_to(name: str) -> tuple[Client, list[UUID]]:
    """Somebody whom the address could serve, and things of others."""
    request_for_assistance = cast.family_request(in_danger="yes")
    referral = cast.sent_referral(request_for_assistance)
    with cast.opened(cast.hub_worker(), request_for_assistance) as now:
        question = actions.ask_family(request_for_assistance, by=cast.hub_worker(), question="x", now=now)
    draft = cast.draft(story="x")
    ids = [request_for_assistance.id, referral.id, question.id, draft.id]
    if MATRIX[name].audience == "family":
        return cast.came_in(cast.family_request(your_name="Isla")), ids
    return cast.signed_in(stranger(name)), ids


def stranger(name: str) -> Account:
    """Of an agency that has nothing to do with anything, in a role that the address serves."""
    permission = MATRIX[name].permission
    role = next(role for role in Role if permission is None or may(role, permission))
    return cast.account(role, cast.other_charity(), f"Somebody who is {role}")


@pytest.mark.parametrize("name", with_an_id())
def test_what_is_others_is_answered_like_what_is_not_there(db: None, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    client, ids = foreign_to(name)
    for method in ("get", "post"):
        ask = getattr(client, method)
        missing = told(lambda ask=ask: ask(address(name, uuid4())), {}, monkeypatch)  # type: ignore[misc]
        for of in ids:
            foreign = told(lambda ask=ask, of=of: ask(address(name, of)), {}, monkeypatch)  # type: ignore[misc]
            assert foreign == missing, (method, of)
        assert missing.status in (302, 404, 405)


def test_there_are_addresses_to_look_at() -> None:
    assert len(with_an_id()) > 20
