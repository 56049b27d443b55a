"""What staff read of stages, states and steps, and how a person is told in a line."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reachin.access.directory.models import masked_name
from reachin.access.referrals.enums import ReferralMover, ReferralState, Shared
from reachin.access.requests_for_assistance.enums import Channel, Stage
from reachin.families.people.enums import Relation
from reachin.families.people.rules import facts_from_answers
from reachin.groundwork.page_parts.moments import day
from reachin.interfaces.hub.words import WHO_THEY_ARE

Words = str | Promise

STAGE_WORDS: Mapping[Stage, Words] = {
    Stage.RECEIVED: gettext_lazy("Received by the hub"),
    Stage.RETURNED: gettext_lazy("Back with you: something is missing"),
    Stage.TO_BE_CONTACTED: gettext_lazy("The hub is getting in touch with the family"),
    Stage.READY_FOR_TRIAGE: gettext_lazy("Waiting for the hub to read it"),
    Stage.IN_DISCUSSION: gettext_lazy("The hub is talking over what would help"),
    Stage.MATCHED: gettext_lazy("Services were asked to help"),
    Stage.CLOSED: gettext_lazy("Closed"),
    Stage.WITHDRAWN: gettext_lazy("Taken back"),
    Stage.ENTERED_IN_ERROR: gettext_lazy("Entered in error"),
}
STEP_WORDS: Mapping[Stage, Words] = {
    Stage.RECEIVED: gettext_lazy("You sent it"),
    Stage.RETURNED: gettext_lazy("It came back: something is missing"),
    Stage.TO_BE_CONTACTED: gettext_lazy("The hub put the family on its call list"),
    Stage.READY_FOR_TRIAGE: gettext_lazy("It went on to the hub to be read"),
    Stage.IN_DISCUSSION: gettext_lazy("The hub began to talk over what would help"),
    Stage.MATCHED: gettext_lazy("The hub asked services to help"),
    Stage.CLOSED: gettext_lazy("The hub closed it"),
    Stage.WITHDRAWN: gettext_lazy("It was taken back"),
    Stage.ENTERED_IN_ERROR: gettext_lazy("It was marked as entered in error"),
}
STEP_COMPLETED = gettext_lazy("You added what was missing")
INBOX_WORDS: Mapping[ReferralState, Words] = {
    ReferralState.SENT: gettext_lazy("New: to be answered"),
    ReferralState.NO_RESPONSE: gettext_lazy("Late: to be answered"),
}
"""Where the receiver reads a state in other words than its own."""
REFERRAL_MOVER_WORDS: Mapping[ReferralMover, Words] = {
    ReferralMover.SENDER: gettext_lazy("The hub"),
    ReferralMover.RECEIVER: gettext_lazy("Your organisation"),
    ReferralMover.FAMILY: gettext_lazy("The family"),
    ReferralMover.CLOCK: gettext_lazy("Nobody: the time for an answer ran out"),
}
NOT_SHARED_WORDS: Mapping[Shared, Words] = {
    Shared.STORY: gettext_lazy("what is going on"),
    Shared.CONTACT: gettext_lazy("how to be in touch"),
    Shared.PLACE: gettext_lazy("where they live"),
    Shared.CAUTION: gettext_lazy("who must not know"),
}
DONE_WORDS: Mapping[str, Words] = {
    "sent": gettext_lazy("Your request was sent."),
    "sent-and-back": gettext_lazy("Your request came back at once: something that is needed is missing. Nothing that you wrote is lost."),
    "completed": gettext_lazy("What you added was sent to the hub."),
    "still-missing": gettext_lazy("What you added is saved. Something is still missing, so the request is back with you."),
    "withdrawn": gettext_lazy("The request was taken back. Whoever was asked to help can no longer open it."),
    "thrown-away": gettext_lazy("The draft was thrown away."),
    "saved": gettext_lazy("Saved. You can go on with it from here."),
    "accepted": gettext_lazy("You accepted. The hub sees it, and the family is told the way that is safe."),
    "waiting": gettext_lazy("Put on your waiting list. The hub sees it, and the family is told the way that is safe."),
    "declined": gettext_lazy("You declined. The hub sees why and looks for something else. What was shared can no longer be opened."),
    "in_progress": gettext_lazy("Help has started. The family’s wait ends today."),
    "completed-help": gettext_lazy("Completed. The family is asked for their own view."),
    "could_not_contact": gettext_lazy("Kept. The hub sees that the family could not be reached. What was shared can no longer be opened."),
    "not_needed": gettext_lazy("Kept. What was shared can no longer be opened."),
    "concern": gettext_lazy("The concern is passed on. They see at once what you shared, and the decision is kept."),
    "taken-on": gettext_lazy("The alert is yours now."),
}
"""What a page says after a redirect, by the word in its address; an unknown word says nothing."""


def channel_words(channel: str) -> str:
    """By which way the family came, in a practitioner's words: an agency is their own work."""
    return _("Through my work") if channel == Channel.AGENCY else str(Channel(channel).label)


def done_words(word: str | None) -> Words:
    """What was done, for the page after it; empty for none and for words that are not ours."""
    return DONE_WORDS.get(word or "", "")


def shown_service(name: str, *, is_masked: bool) -> str:
    """A service as others than its own staff may read it: a masked one has no name."""
    return masked_name() if is_masked else name


def shown_person(person: Mapping[str, Any], *, today: date) -> str:
    """One person of a request in a line, in words for staff: name, what they are in the family, age or due date."""
    facts = facts_from_answers({"known_as": "", **person})
    parts = [facts.known_as or (_("A baby on the way") if facts.due_on else _("Name not given"))]
    relation = person.get("relation")
    if relation in Relation.values and not (relation == Relation.EXPECTED_BABY and not facts.known_as):
        parts.append(str(WHO_THEY_ARE[Relation(relation)]))
    age = facts.age_on(today)
    if age is not None:
        parts.append(ngettext("%(age)d year old", "%(age)d years old", age) % {"age": age})
    if facts.due_on is not None:
        parts.append(_("due %(day)s") % {"day": day(facts.due_on)})
    return ", ".join(parts)


def says_something(person: Mapping[str, Any]) -> bool:
    """Whether anything is known of a person: a place kept for somebody unnamed is not shown."""
    return bool(person.get("known_as") or person.get("due_on") or person.get("age_years") is not None or person.get("born_on"))
