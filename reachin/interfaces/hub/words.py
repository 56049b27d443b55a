"""What workers read of stages, moves and messages: short, and never a family's first person in a worker's mouth."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reachin.access.referrals.enums import ReferralState
from reachin.access.requests_for_assistance.enums import AskedBy, Stage, Urgency, WaitingFor
from reachin.families.people.enums import Relation

WHO_ASKED: Mapping[AskedBy, Promise] = {
    AskedBy.PARENT_OR_CARER: gettext_lazy("Parent or carer"),
    AskedBy.YOUNG_PERSON: gettext_lazy("Child or young person"),
    AskedBy.EXPECTING: gettext_lazy("Somebody expecting a baby"),
    AskedBy.RELATIVE: gettext_lazy("Relative or friend"),
    AskedBy.PRACTITIONER: gettext_lazy("Practitioner"),
}
WHO_THEY_ARE: Mapping[Relation, Promise] = {
    Relation.SELF: gettext_lazy("the one who asks"),
    Relation.CHILD: gettext_lazy("child"),
    Relation.EXPECTED_BABY: gettext_lazy("baby on the way"),
    Relation.PARTNER: gettext_lazy("partner"),
    Relation.PARENT: gettext_lazy("parent or carer"),
    Relation.SIBLING: gettext_lazy("brother or sister"),
    Relation.GRANDCHILD: gettext_lazy("grandchild"),
    Relation.CARED_FOR: gettext_lazy("child they look after"),
    Relation.OTHER: gettext_lazy("somebody else in the family"),
}
STAGE_COLOURS: Mapping[Stage, str] = {
    Stage.RECEIVED: "blue",
    Stage.RETURNED: "orange",
    Stage.TO_BE_CONTACTED: "purple",
    Stage.READY_FOR_TRIAGE: "teal",
    Stage.IN_DISCUSSION: "darkblue",
    Stage.MATCHED: "green",
    Stage.CLOSED: "grey",
    Stage.WITHDRAWN: "grey",
    Stage.ENTERED_IN_ERROR: "grey",
}
URGENCY_TAGS: Mapping[Urgency, tuple[Promise, str]] = {
    Urgency.DANGER: (gettext_lazy("Danger"), "red"),
    Urgency.SOON: (gettext_lazy("Soon"), "orange"),
}
STATE_COLOURS: Mapping[ReferralState, str] = {
    ReferralState.SENT: "blue",
    ReferralState.NO_RESPONSE: "orange",
    ReferralState.WAITING: "purple",
    ReferralState.ACCEPTED: "teal",
    ReferralState.IN_PROGRESS: "green",
    ReferralState.COMPLETED: "green",
    ReferralState.DECLINED: "red",
    ReferralState.COULD_NOT_CONTACT: "orange",
}
TURNS: Mapping[WaitingFor, Promise] = {
    WaitingFor.HUB: gettext_lazy("Our turn"),
    WaitingFor.CHECK: gettext_lazy("Looks automatic: check"),
    WaitingFor.SENDER: gettext_lazy("With senders"),
    WaitingFor.AGENCY: gettext_lazy("With agencies"),
    WaitingFor.NOBODY: gettext_lazy("Closed"),
}
ANSWER_LABELS: Mapping[str, Promise] = {
    "help_with": gettext_lazy("Help with"),
    "wishes": gettext_lazy("What they would like"),
    "not_wanted": gettext_lazy("What they would not like"),
    "family_meeting": gettext_lazy("Family meeting"),
    "family_meeting_not_offered": gettext_lazy("Why no family meeting was offered"),
    "place": gettext_lazy("Where they live or stay"),
    "language": gettext_lazy("Best language"),
    "communication": gettext_lazy("What makes it easier"),
    "family_knows": gettext_lazy("Does the family know"),
    "why_not_told": gettext_lazy("Why they were not told"),
    "childs_view": gettext_lazy("What the child or young person says"),
    "tried": gettext_lazy("What has been tried"),
    "childs_plan": gettext_lazy("Child’s plan"),
    "reach_me": gettext_lazy("How to reach the sender"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("Email"),
    "address": gettext_lazy("Address for letters"),
    "through": gettext_lazy("Through"),
}
MOVE_REASONS: Mapping[str, Promise] = {
    "gaps": gettext_lazy("something was missing"),
    "complete": gettext_lazy("nothing was missing"),
    "completed": gettext_lazy("the sender added what was missing"),
    "spoke": gettext_lazy("somebody spoke with the family"),
    "decided": gettext_lazy("decided at the hub"),
    "referred": gettext_lazy("help was asked for"),
    "declined": gettext_lazy("nobody who was asked can help"),
    "withdrawn": gettext_lazy("taken back"),
}
NEWS: Mapping[str, Promise] = {
    "request.received": gettext_lazy("We have the request"),
    "request.closed": gettext_lazy("We have finished with the request"),
    "request.moved_door": gettext_lazy("The request moved to another team"),
    "question.asked": gettext_lazy("We have a question"),
    **{
        f"referral.{state.value}": words
        for state, words in {
            ReferralState.SENT: gettext_lazy("We asked a service to help"),
            ReferralState.ACCEPTED: gettext_lazy("A service said yes"),
            ReferralState.WAITING: gettext_lazy("A service put them on its waiting list"),
            ReferralState.DECLINED: gettext_lazy("A service cannot help this time"),
            ReferralState.IN_PROGRESS: gettext_lazy("Help has started"),
            ReferralState.COMPLETED: gettext_lazy("Help has ended"),
            ReferralState.COULD_NOT_CONTACT: gettext_lazy("A service could not reach them"),
            ReferralState.WITHDRAWN_BY_SENDER: gettext_lazy("We took back what we had asked of a service"),
        }.items()
    },
}


def news(event: str) -> str:
    """What a message to the family tells of."""
    return str(NEWS.get(event, _("There is news")))


def lasted(time: timedelta) -> str:
    """A length of time as people say it: days; under a day, hours; under an hour, minutes."""
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return days(minutes // (24 * 60))


def days(count: int) -> str:
    """12 days."""
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


def days_between(since: datetime, until: datetime) -> int:
    """Whole days from one moment to another, never less than none."""
    return max(0, (until - since).days)
