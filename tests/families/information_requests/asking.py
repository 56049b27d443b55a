"""What somebody asks about their own information, and the two guardians who answer, in a few words."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_requests import actions
from reachin.families.information_requests.enums import AskedFor
from reachin.families.information_requests.models import InformationRequest
from reachin.families.people.models import Person
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast

GUARDIAN = Role.INFORMATION_GUARDIAN


def guardian() -> Account:
    return cast.account(GUARDIAN, cast.hub(), "Ruth Imrie")


def second_guardian() -> Account:
    return cast.account(GUARDIAN, cast.hub(), "Iain Moffat")


def guardian_elsewhere() -> Account:
    return cast.account(GUARDIAN, cast.school(), "Effie Boyd")


def asker(made: RequestForAssistance) -> Person:
    row = RequestPerson.objects.using("owner").select_related("alias__person").get(request_for_assistance=made, is_contact=True)
    return row.alias.person


@contextmanager
def own_page(made: RequestForAssistance, *, read_only: bool = False) -> Iterator[datetime]:
    """Inside, whoever asked has opened their own page."""
    actor = Actor.family(made.id)
    opening = open_record(actor, "own_person", made.id, purpose="own_page")
    assert opening is not None
    with acting(actor, opening=opening, read_only=read_only) as now:
        yield now


@contextmanager
def opened(who: Account, asked: InformationRequest, *, read_only: bool = False) -> Iterator[datetime]:
    """Inside, this guardian acts with what was asked open."""
    opening = open_record(who.actor(), "information_request", asked.id, purpose="information_request")
    assert opening is not None, f"{who} may not open this"
    with acting(who.actor(), opening=opening, read_only=read_only) as now:
        yield now


def asked_by(made: RequestForAssistance, kind: AskedFor = AskedFor.COPY, **told: Any) -> InformationRequest:
    """Whoever asked for help asks about their own information."""
    with own_page(made) as now:
        return actions.ask(Person.objects.get(id=asker(made).id), kind, by=made.id, now=now, **told)


def prepared(made: RequestForAssistance, by: Account | None = None, answer: str = "Here it is.") -> InformationRequest:
    """A copy that one guardian gathered and handed on."""
    asked, who = asked_by(made), by or guardian()
    with opened(who, asked) as now:
        actions.gather(asked, by=who, now=now)
        return actions.prepare(asked, by=who, answer=answer, now=now)


def released(made: RequestForAssistance, answer: str = "Here it is.") -> InformationRequest:
    """A copy that the second guardian gave."""
    asked, who = prepared(made, answer=answer), second_guardian()
    with opened(who, asked) as now:
        return actions.release(asked, by=who, now=now)
