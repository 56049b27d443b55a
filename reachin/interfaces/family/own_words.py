"""What somebody reads about their own information, in plain words."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reachin.families.information_requests.enums import AskedFor, KeptBecause, State
from reachin.families.information_sharing.enums import Basis, Category, Purpose, ReviewOutcome
from reachin.groundwork.page_parts.moments import day
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.agencies.models import Agency

NOT_NAMED = _("A service that we do not name here")
NO_END = _("Until somebody ends it")
PURPOSE_WORDS: Mapping[str, Promise] = {
    Purpose.FRONT_DOOR: _("To read what you asked for, and to find the right help"),
    Purpose.SUPPORT: _("To help you"),
    Purpose.PROTECTION: _("To keep somebody safe"),
}
KIND_WORDS: Mapping[str, Promise] = {
    Category.CONTACT: _("Your name, and how to be in touch with you"),
    Category.STORY: _("What you told us is going on"),
    Category.PLAN: _("The child’s plan"),
    Category.HEALTH: _("Your health"),
    Category.ADULTS_MATTERS: _("Things that are for grown-ups only"),
    Category.SAFETY: _("What keeps you safe"),
    Category.PROTECTED_ADDRESS: _("Where you live"),
}
WHY_WORDS: Mapping[str, Promise] = {
    Basis.CONSENT: _("You agreed to it."),
    Basis.PUBLIC_TASK: _("It is their job by law to help families who ask."),
    Basis.LEGAL_OBLIGATION: _("The law says that they must have it."),
    Basis.VITAL_INTERESTS: _("It was needed to save a life."),
    Basis.LEGITIMATE_INTERESTS: _("They cannot do their work for you without it."),
}
LOOKED_FOR_WORDS: Mapping[str, Promise] = {
    **PURPOSE_WORDS,
    "own_request": _("They wrote the request with you"),
    "information_request": _("To answer what you asked about your information"),
    "record_linkage": _("To keep your records in order"),
    "emergency": _("They said that there was no time to ask first"),
}
FOUND_WORDS: Mapping[str, Promise] = {
    ReviewOutcome.JUSTIFIED: _("We checked it afterwards: it was right to look"),
    ReviewOutcome.NOT_JUSTIFIED: _("We checked it afterwards: it was not right to look. We are sorry"),
}
ANOTHER_REASON = _("For another part of their work")
ROLE_WORDS: Mapping[str, Promise] = {
    Role.HUB_WORKER: _("Somebody from the family support team"),
    Role.DUTY_WORKER: _("A duty worker"),
    Role.SUPPORT_WORKER: _("A family support worker"),
    Role.INFORMATION_GUARDIAN: _("Somebody who looks after information"),
    Role.DATA_OFFICER: _("Somebody who keeps records in order"),
    Role.SERVICE_MANAGER: _("A manager"),
}
A_WORKER = _("A worker")
ASKED_WORDS: Mapping[str, Promise] = {
    AskedFor.COPY: _("A copy of what we hold about you"),
    AskedFor.ERASURE: _("To delete what we hold about you"),
    AskedFor.OBJECTION: _("To stop using or sharing it"),
    AskedFor.CORRECTION: _("To put right what is wrong"),
    AskedFor.COMPLAINT: _("You told us that something was not right"),
}
STATE_WORDS: Mapping[str, Promise] = {
    State.ASKED: _("We have it. Nobody has looked at it yet."),
    State.ACKNOWLEDGED: _("Somebody is working on it."),
    State.PREPARED: _("The answer is written. A second person checks it before you get it."),
    State.RELEASED: _("We have answered."),
    State.REFUSED: _("We cannot do this. You can read why."),
}


def who_words(agency: Agency, person: str = "") -> str:
    """An agency, or one person there, by name; a masked one never is."""
    if agency.is_masked:
        return str(NOT_NAMED)
    return f"{person}, {agency.name}" if person else agency.name


def until_words(until: datetime | None) -> str:
    """Until when, in words."""
    return str(NO_END) if until is None else day(until)


UNTIL_DONE = _("The law asks us to keep this until something else is finished. You can ask again later.")
KEPT_WORDS: Mapping[str, Promise] = {
    KeptBecause.DANGER: _("It tells of somebody who may not be safe. The law asks us to keep that, to protect people."),
    KeptBecause.HELD: UNTIL_DONE,
    KeptBecause.REVIEW: UNTIL_DONE,
    KeptBecause.ASKED: _("You, or somebody in it, asked us something else about it. We answer that first. Then you can ask again."),
    KeptBecause.STILL_OPEN: _("We are still finding help for you with it. Stop that first, and then ask again."),
    KeptBecause.OTHERS_WORDS: _("Somebody else asked, and these are their words. Your own name and number are not used for anything else."),
    KeptBecause.OTHERS: _("Somebody else in your family has a say about it, too. They have to ask as well."),
    KeptBecause.ELSEWHERE: _("Another organisation looks after it now. Ask them."),
    KeptBecause.WAY_IN: _("It is how you come in to read this answer. You can end it yourself on your page."),
    KeptBecause.CLAIMS: _("It may be needed in a court. The law lets us keep it for that."),
    KeptBecause.BY_LAW: _("The law asks us to keep this one."),
}
"""Why something is not deleted, as its person reads it. What they must not be warned of reads as any other duty in law."""
ERASED_WORDS: Mapping[str, Promise] = {
    "request": _("A request for help, with what you told us and who was in it"),
    "own_account": _("A page of your own, with its code and phrase"),
}
