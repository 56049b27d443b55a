from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from reachin.families.people.homes import safe_contact_of
from reachin.families.people.models import ContactInstruction, PersonAlias
from reachin.groundwork.audited_access.context import Actor, handing_over
from reachin.groundwork.notices.actions import queue_message, stop_messages
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import StaffContact
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency

from .models import RequestForAssistance, RequestPerson

NEWS_SUBJECT = _("There is a message for you")
NEWS_WORDS = _(
    "There is a message for you. You can read it with the code and the phrase that you have. You do not have to do anything now."
)
WORK_SUBJECT = _("Something is waiting for you in Reach In")
WORK_WORDS = _("Something is waiting for you. Please sign in to see what it is. For safety this message says no more.")
URGENT_SUBJECT = _("Urgent: something is waiting for you in Reach In")
URGENT_WORDS = _("Something urgent is waiting for the duty worker. Please sign in now. For safety this message says no more.")


def tell_family(
    request_for_assistance: RequestForAssistance, instruction: ContactInstruction | None, *, event: str, now: datetime
) -> Message | None:
    """Tells the family that there is news, only as they said; None where no safe way is known.

    In the language that the family reads, whoever caused it.
    """
    to = safe_contact_of(instruction, now=now) if instruction is not None else None
    if to is None:
        return None
    with override(to.written_in or settings.LANGUAGE_CODE):
        return queue_message(request_for_assistance.id, to=to, event=event, subject=str(NEWS_SUBJECT), words=str(NEWS_WORDS), now=now)


def contact_changed(request_for_assistance: RequestForAssistance, instruction: ContactInstruction, *, now: datetime) -> Message | None:
    """The safe way is another one now: nothing goes to the old one any more, and what was still to be told goes by the new one.

    Nor does anything go to the older way of another record of the same person: a worker tells what was waiting there, and looks first.
    """
    with handing_over(Actor.system("closed_loop")):
        for row in _asked_as_the_same(instruction.person_id, besides=request_for_assistance):
            if stop_messages(row.request_for_assistance_id, by="new contact", now=now):
                told = ContactInstruction.objects.filter(person_id=row.alias.person_id, ended_at=None).first()
                tell_family(row.request_for_assistance, told, event="contact.changed", now=now)
        if not stop_messages(request_for_assistance.id, by="new contact", now=now):
            return None
        return tell_family(request_for_assistance, instruction, event="contact.changed", now=now)


def _asked_as_the_same(person_id: UUID, *, besides: RequestForAssistance) -> list[RequestPerson]:
    """Where other records of the same person asked for help themselves."""
    now_stands_for = PersonAlias.objects.filter(person_id=person_id).values("stands_for")
    same = PersonAlias.objects.filter(stands_for__in=now_stands_for).exclude(person_id=person_id)
    rows = RequestPerson.objects.filter(alias__in=same, is_contact=True).exclude(request_for_assistance=besides)
    return list(rows.select_related("request_for_assistance", "alias"))


def tell_sender(request_for_assistance: RequestForAssistance, *, event: str, now: datetime) -> Message | None:
    """Tells the practitioner who sent it that something happened."""
    if request_for_assistance.sender is None:
        return None
    return _tell_staff(request_for_assistance, request_for_assistance.sender, event=event, now=now)


def _tell_staff(request_for_assistance: RequestForAssistance, account: Account, *, event: str, now: datetime) -> Message:
    return queue_message(
        request_for_assistance.id, to=StaffContact(account.email), event=event, subject=str(WORK_SUBJECT), words=str(WORK_WORDS), now=now
    )


def tell_holder(request_for_assistance: RequestForAssistance, *, event: str, now: datetime) -> Message | None:
    """Tells the agency that holds a request, at its own address, that somebody of it changed something; what, stands with the person."""
    to = request_for_assistance.holder_agency.email
    if not to:
        return None
    return queue_message(
        request_for_assistance.id, to=StaffContact(to), event=event, subject=str(WORK_SUBJECT), words=str(WORK_WORDS), now=now
    )


def alert_duty_desk(request_for_assistance: RequestForAssistance, desk: Agency, *, now: datetime) -> Message | None:
    """Alerts the duty desk by its own address; the alert itself stands on the desk's page."""
    if not desk.email:
        return None
    return queue_message(
        request_for_assistance.id,
        to=StaffContact(desk.email),
        event="danger.alerted",
        subject=str(URGENT_SUBJECT),
        words=str(URGENT_WORDS),
        now=now,
    )
