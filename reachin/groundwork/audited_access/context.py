import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from reachin.groundwork.clock.present import transaction_moment

LIFETIME_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: staff (user, agency, role), a family by its own request (scope), a visitor, or the system (role = its task).

    `scope` is the id of the one request or draft that the bearer of its reference and phrase may reach.
    """

    kind: str
    user: UUID | None = None
    agency: UUID | None = None
    scope: UUID | None = None
    role: str = ""

    @classmethod
    def staff(cls, *, user: UUID, agency: UUID, role: str, scope: UUID | None = None) -> Self:
        return cls("staff", user=user, agency=agency, role=role, scope=scope)

    @classmethod
    def family(cls, scope: UUID) -> Self:
        return cls("family", scope=scope)

    @classmethod
    def visitor(cls) -> Self:
        return cls("visitor")

    @classmethod
    def system(cls, task: str) -> Self:
        return cls("system", role=task)


class NobodyActing(RuntimeError):
    """Something that needs to know who acts was called outside `acting`."""


_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


def current_actor() -> Actor:
    """Who is acting in this transaction; raises NobodyActing outside one."""
    actor = _acting.get()
    if actor is None:
        raise NobodyActing
    return actor


def signed(actor: Actor, opening: UUID | None = None) -> str:
    """The context as one signed line, good for a minute; only the database's own key can tell it from a forged one."""
    expiry = int(time.time()) + LIFETIME_SECONDS + settings.CONTEXT_CLOCK_AHEAD_SECONDS
    parts = (actor.kind, actor.user, actor.agency, actor.scope, actor.role, opening, expiry)
    body = "|".join("" if part is None else str(part) for part in parts)
    mac = hmac.new(bytes.fromhex(settings.KEYS.fresh().context_key), body.encode(), hashlib.sha256).hexdigest()
    return f"{body}|{mac}"


def ask(statement: str, *values: Any) -> Any:
    """One value from one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return None if row is None else row[0]


class NoOtherTime(RuntimeError):
    """Somebody tried to act at another moment than the present where that is not for them."""


@contextmanager
def acting(actor: Actor, *, opening: UUID | None = None, read_only: bool = False, at: datetime | None = None) -> Iterator[datetime]:
    """One transaction in which the database knows who acts. Gives the transaction's moment (aware, UTC).

    It is the outermost transaction or it raises RuntimeError: a context never outlives or is mixed into another.
    `at`, an aware moment in the past, is carried by everything that the transaction writes, its audit rows too: for the invented history of
    the demo and of tests. Elsewhere, and for a moment that is still to come, it raises NoOtherTime. Traces of openings keep the real time.
    """
    if connection.in_atomic_block:
        raise RuntimeError("the context belongs to the outermost transaction")
    if at is not None and settings.MODE not in {"demo", "test"}:
        raise NoOtherTime("only the demo and tests have an invented history")
    with transaction.atomic():
        moment: datetime = ask(
            "select reachin.clock() from (select set_config('reachin.context', %s, true), set_config('transaction_read_only', %s, true)) s",
            signed(actor, opening),
            "on" if read_only else "off",
        )
        if at is not None and at > moment:
            raise NoOtherTime("what is still to come has no history")
        carried = (at or moment).astimezone(UTC)
        was, was_moment = _acting.set(actor), transaction_moment.set(carried)
        try:
            yield carried
        finally:
            _acting.reset(was)
            transaction_moment.reset(was_moment)


@contextmanager
def handing_over(actor: Actor) -> Iterator[None]:
    """Inside `acting`: a part that the system does of itself in the same transaction, such as telling a request what its referral did.

    Raises NobodyActing outside `acting`, and ValueError for anybody but the system: nobody can be handed another person's part.
    """
    if actor.kind != "system":
        raise ValueError("only the system can be handed a part")
    with _taking_part(replace(current_actor(), kind=actor.kind, role=actor.role)):
        yield


@contextmanager
def bearing(scope: UUID) -> Iterator[None]:
    """Inside `acting`: a member of staff bears a draft that they began, as a family bears its own, while it becomes a request.

    Whoever bears the scope already goes on as they are. The caller has made sure that the draft is theirs: by seeing it under their own
    context, or by having begun it in this transaction. Raises NobodyActing outside `acting`, ValueError for anybody but staff, or when
    they bear another.
    """
    before = current_actor()
    if before.scope == scope:
        yield
        return
    if before.kind != "staff" or before.scope is not None:
        raise ValueError("only a member of staff, who bears nothing else, takes up a draft")
    with _taking_part(replace(before, scope=scope)):
        yield


@contextmanager
def _taking_part(part: Actor) -> Iterator[None]:
    """The rest of the acting transaction as this actor, and then as before."""
    context = ask("select current_setting('reachin.context')")
    ask("select set_config('reachin.context', %s, true)", signed(part))
    was = _acting.set(part)
    try:
        yield
    finally:
        _acting.reset(was)
        if not (connection.needs_rollback or _is_broken()):
            ask("select set_config('reachin.context', %s, true)", context)


def _is_broken() -> bool:
    """Whether nothing more can be asked of this transaction: a statement in it failed. Rolling it back brings the context back too."""
    return connection.connection is None or connection.connection.info.transaction_status in (
        TransactionStatus.INERROR,
        TransactionStatus.UNKNOWN,
    )


def open_record(actor: Actor, kind: str, subject: UUID, *, purpose: str, reason: str = "") -> UUID | None:
    """Writes and commits the trace of an opening; gives its nonce, or None when this actor may not (or nothing is there).

    Raises RuntimeError inside a transaction: a trace must be committed before the reading begins.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a trace must be committed before the reading transaction begins")
    nonce: UUID | None = ask("select reachin.open(%s, %s, %s::uuid, %s, %s)", signed(actor), kind, subject, purpose, reason)
    return nonce
