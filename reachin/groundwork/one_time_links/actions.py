import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, acting, ask, current_actor, handing_over
from reachin.groundwork.audited_access.knocking import knock
from reachin.groundwork.audited_access.networks import network_digest
from reachin.groundwork.field_encryption import blind_index
from reachin.groundwork.field_encryption.phrases import hash_phrase, is_phrase
from reachin.groundwork.ids import new_id

from .enums import Factor
from .models import OneTimeLink
from .rules import CHECK_GOOD_FOR, KEPT_WHEN_OVER, LONGEST_TOKEN, MOST_TRIES, TOKEN_BYTES, TRIES_COUNTED, TRIES_OF_A_NETWORK, check_terms

THE_LINKS = Actor.system("one_time_links")
NOBODY = UUID(int=0)


def make_link(
    purpose: str,
    subject_id: UUID,
    *,
    by: UUID | None,
    phrase: str = "",
    lasts: timedelta,
    account_id: UUID | None = None,
    agency_id: UUID | None = None,
    now: datetime,
) -> tuple[OneTimeLink, str]:
    """Makes a link for one purpose and subject, and gives its token (22 characters), which is nowhere else.

    With a phrase the link needs the phrase; without one, a worker's check (`confirm_link`). An earlier one for the same ends. `by` is the
    account or the scope of whoever makes it, None for the system. Raises ValueError for terms that are none.
    """
    check_terms(purpose, lasts)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    end_links(purpose=purpose, subject_id=subject_id, because="another link", now=now)
    link = OneTimeLink(
        id=new_id(),
        token_digest=_digest(token),
        purpose=purpose,
        subject_id=subject_id,
        factor=Factor.PHRASE if phrase else Factor.WORKER,
        phrase_hash=hash_phrase(phrase) if phrase else "",
        account_id=account_id,
        agency_id=agency_id,
        made_at=now,
        made_by=by,
        expires_at=now + lasts,
    )
    link.save(force_insert=True)
    record("link.made", subject_kind="link", subject_id=link.id)
    return link, token


def confirm_link(link_id: UUID, *, by: UUID, now: datetime) -> OneTimeLink:
    """A worker of the agency whose link it is has made sure that it is the person: for half an hour the link can be used.

    Raises OneTimeLink.DoesNotExist for a link of somebody else's, or one that nobody can use any more.
    """
    link = OneTimeLink.objects.live(now).select_for_update().get(id=link_id, factor=Factor.WORKER, agency_id=current_actor().agency)
    link.confirmed_at, link.confirmed_by = now, by
    link.save(update_fields=["confirmed_at", "confirmed_by"])
    record("link.confirmed", subject_kind="link", subject_id=link.id, fields=["confirmed_at"])
    return link


def end_links(
    *,
    because: str,
    now: datetime,
    purpose: str | None = None,
    subject_id: UUID | None = None,
    account_id: UUID | None = None,
    agency_id: UUID | None = None,
) -> int:
    """Ends every link that is not used yet, of a subject (for a purpose, if one is given), an account or an agency; gives how many.

    Raises ValueError when it is not said whose.
    """
    whose = {"subject_id": subject_id, "account_id": account_id, "agency_id": agency_id}
    said = Q(**{name: value for name, value in whose.items() if value is not None})
    if not said:
        raise ValueError("whose links?")
    if purpose is not None:
        said &= Q(purpose=purpose)
    with handing_over(THE_LINKS):
        ended = OneTimeLink.objects.filter(said, used_at=None, ended_at=None).update(ended_at=now, ended_by=because)
        if ended:
            record("links.ended", subject_kind="link", subject_id=subject_id or account_id or agency_id or NOBODY)
    return ended


@dataclass(frozen=True, slots=True)
class Used:
    """What came of using a link: what it leads to, or None; and whether too many were tried from there."""

    subject_id: UUID | None
    is_too_often: bool = False


def use_link(token: str, *, purpose: str, phrase: str = "", network: str) -> Used:
    """Uses a link, once. Unknown, used, expired, ended, for another purpose and with the wrong factor: the same steps and the same answer.

    Opens its own transactions. Every try is counted before it is made, so that many at once get no further than one by one. `network` is
    where the try comes from, as `network_of` gives it.
    """
    digest, place = _digest(token), network_digest(network)
    with acting(Actor.visitor()) as now:
        if knock(place, within=TRIES_COUNTED, now=now)[place] >= TRIES_OF_A_NETWORK:
            return Used(None, is_too_often=True)
        phrase_hash: str | None = ask("select reachin.try_link(%s::bytea, %s, %s::int)", digest, purpose, MOST_TRIES)
    knows_phrase = is_phrase(phrase_hash, phrase)
    with acting(Actor.visitor()):
        link_id, subject_id = _use(digest, purpose, knows_phrase=knows_phrase)
        record("link.used" if link_id else "link.refused", subject_kind="link", subject_id=link_id or NOBODY)
    return Used(subject_id)


def _use(digest: bytes, purpose: str, *, knows_phrase: bool) -> tuple[UUID | None, UUID | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, subject_id from reachin.use_link(%s::bytea, %s, %s::boolean, make_interval(secs => %s))",
            [digest, purpose, knows_phrase, CHECK_GOOD_FOR.total_seconds()],
        )
        row = cursor.fetchone()
    return row or (None, None)


def forget_links(now: datetime) -> int:
    """Removes links that nobody could use for a week; gives how many. Only the system's task `clearing` may."""
    before = now - KEPT_WHEN_OVER
    over = Q(used_at__lt=before) | Q(ended_at__lt=before) | Q(expires_at__lt=before)
    return OneTimeLink.objects.filter(over).delete()[0]


def _digest(token: str) -> bytes:
    return blind_index(token[:LONGEST_TOKEN], field="one_time_links.token")
