"""What a guardian reads about retention: kinds of record, classes of the schedule, and why a record is due."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reachin.families.retention.models import DestructionReview, LegalHold
from reachin.families.retention.rules import CLASSES
from reachin.groundwork.page_parts.moments import short_day

KINDS: Mapping[str, Promise] = {
    "request": gettext_lazy("A request for help, with its referrals and names"),
    "decision": gettext_lazy("A decision about sharing, with its shares"),
    "circle": gettext_lazy("Who received a person’s request, and whom they kept out"),
    "emergency": gettext_lazy("A look first in an emergency"),
    "agreement": gettext_lazy("A sharing agreement"),
    "information_request": gettext_lazy("What somebody asked about their information, and the answer"),
    "pair": gettext_lazy("That two records were put side by side or joined"),
    "own_account": gettext_lazy("A person’s own way in"),
    "account": gettext_lazy("An account of staff"),
    "traces": gettext_lazy("Who looked at a destroyed record, and what was done"),
}
CLASS_WORDS: Mapping[str, Promise] = {
    "draft": gettext_lazy("Request never sent"),
    "request": gettext_lazy("Request"),
    "request_in_danger": gettext_lazy("Request that told of danger"),
    "looked_after": gettext_lazy("Looked-after child"),
    "referral": gettext_lazy("Referral"),
    "person": gettext_lazy("Person"),
    "sharing": gettext_lazy("Sharing"),
    "information_request": gettext_lazy("Information request"),
    "linkage": gettext_lazy("Joined records"),
    "message": gettext_lazy("Message"),
    "traces": gettext_lazy("Traces"),
    "tries": gettext_lazy("Tries"),
    "account": gettext_lazy("Account of staff"),
}
"""Classes that end by a schedule, in a word or two."""


def code_of(subject_id: object) -> str:
    """By what two guardians speak of the same record: the end of its id, which says nothing of anybody."""
    return str(subject_id).replace("-", "")[-8:].upper()


def years_of(class_code: str) -> str:
    """How long a class is kept, and from when."""
    kept = CLASSES[class_code]
    if kept.years is None:
        return _("No end by schedule")
    if kept.years < 1:
        days = round(kept.years * 365.25)
        told = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    else:
        told = ngettext("%(years)d year", "%(years)d years", int(kept.years)) % {"years": kept.years}
    return _("%(long)s, counted from %(begin)s") % {"long": told, "begin": kept.begins.label}


def why_due(review: DestructionReview) -> str:
    """Why this record is looked at now."""
    if review.asked_id is not None:
        return _("Its person asked for it to be deleted")
    return _("%(years)s: %(day)s") % {"years": years_of(review.class_code), "day": short_day(review.counted_from)}


def held_thing(hold: LegalHold) -> str:
    """What a hold is on, in words. Never whom."""
    if hold.class_code:
        return _("Everything of the class “%(name)s”") % {"name": CLASS_WORDS.get(hold.class_code, hold.class_code)}
    if hold.subject_id is not None:
        return _("The record %(code)s") % {"code": code_of(hold.subject_id)}
    return _("Every record of one person")
