from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.rules import NOBODY_NAMED
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose, SpecialCondition
from reachin.families.information_sharing.rules import PUBLIC_BODIES, SevenThings
from reachin.families.people.enums import Relation
from reachin.families.people.rules import ADDRESS_FOR_LETTERS, IS_PROTECTED, WHERE_THEY_LIVE, PersonFacts
from reachin.groundwork.notices.rules import ADDRESS_OF_WAY
from reachin.partnership.agencies.enums import AgencyKind

from .enums import DeclineReason, ReferralMover, ReferralState, Shared, Side

S, M = ReferralState, ReferralMover
_WITHDRAWN: Mapping[ReferralState, frozenset[ReferralMover]] = {
    S.WITHDRAWN_BY_FAMILY: frozenset({M.FAMILY}),
    S.WITHDRAWN_BY_SENDER: frozenset({M.SENDER}),
}
MOVES: Mapping[ReferralState, Mapping[ReferralState, frozenset[ReferralMover]]] = {
    S.DRAFT: {S.SENT: frozenset({M.SENDER}), S.ENTERED_IN_ERROR: frozenset({M.SENDER})},
    S.SENT: {
        S.ACCEPTED: frozenset({M.RECEIVER}),
        S.WAITING: frozenset({M.RECEIVER}),
        S.DECLINED: frozenset({M.RECEIVER}),
        S.REROUTED: frozenset({M.SENDER, M.RECEIVER}),
        S.NO_RESPONSE: frozenset({M.CLOCK}),
        **_WITHDRAWN,
        S.ENTERED_IN_ERROR: frozenset({M.SENDER}),
    },
    S.NO_RESPONSE: {
        S.ACCEPTED: frozenset({M.RECEIVER}),
        S.WAITING: frozenset({M.RECEIVER}),
        S.DECLINED: frozenset({M.RECEIVER}),
        S.REROUTED: frozenset({M.SENDER}),
        **_WITHDRAWN,
    },
    S.WAITING: {
        S.ACCEPTED: frozenset({M.RECEIVER}),
        S.DECLINED: frozenset({M.RECEIVER}),
        S.COULD_NOT_CONTACT: frozenset({M.RECEIVER}),
        **_WITHDRAWN,
    },
    S.ACCEPTED: {
        S.IN_PROGRESS: frozenset({M.RECEIVER}),
        S.COULD_NOT_CONTACT: frozenset({M.RECEIVER}),
        S.NOT_NEEDED: frozenset({M.RECEIVER, M.FAMILY}),
        **_WITHDRAWN,
    },
    S.IN_PROGRESS: {S.COMPLETED: frozenset({M.RECEIVER}), **_WITHDRAWN},
    S.COMPLETED: {},
    S.DECLINED: {},
    S.REROUTED: {},
    S.COULD_NOT_CONTACT: {},
    S.NOT_NEEDED: {},
    S.WITHDRAWN_BY_FAMILY: {},
    S.WITHDRAWN_BY_SENDER: {},
    S.ENTERED_IN_ERROR: {},
}
"""Every move there is, and who makes it. It also draws the picture in the docs."""

LIVE = frozenset({S.SENT, S.NO_RESPONSE, S.WAITING, S.ACCEPTED, S.IN_PROGRESS})
"""States in which something is still to happen, and in which the receiver may open what was shared."""
TAKEN_BACK = frozenset(_WITHDRAWN)
"""Of what was taken back the receiver keeps no name either."""

SIDE_OF: Mapping[DeclineReason, Side] = {
    DeclineReason.FULL: Side.SERVICE,
    DeclineReason.OUT_OF_AREA: Side.SENDER,
    DeclineReason.AGE: Side.SENDER,
    DeclineReason.NOT_ELIGIBLE: Side.SENDER,
    DeclineReason.WRONG_SERVICE: Side.SENDER,
    DeclineReason.TOO_LITTLE_KNOWN: Side.SENDER,
    DeclineReason.ALREADY_HELPED: Side.SENDER,
    DeclineReason.FAMILY_SAID_NO: Side.FAMILY,
}
RECEIVER_SEES: Mapping[Shared, Category] = {
    Shared.STORY: Category.STORY,
    Shared.CONTACT: Category.CONTACT,
    Shared.PLACE: Category.PROTECTED_ADDRESS,
    Shared.CAUTION: Category.SAFETY,
}
STORY_QUESTIONS = ("story", "help_with", "wishes", "not_wanted", "family_meeting", "childs_view", "tried", "language", "communication")
CONTACT_QUESTIONS = (
    "contact_way",
    "phone",
    "email",
    ADDRESS_FOR_LETTERS,
    "through",
    "safe_times",
    "may_leave_message",
    "who_may_answer",
    "cover_name",
    "first_contact",
)
QUESTIONS_OF: Mapping[Shared, tuple[str, ...]] = {
    Shared.STORY: STORY_QUESTIONS,
    Shared.CONTACT: CONTACT_QUESTIONS,
    Shared.PLACE: (WHERE_THEY_LIVE,),
    Shared.CAUTION: ("must_not_know", IS_PROTECTED),
}


def may_move(now_at: ReferralState, to: ReferralState, *, mover: ReferralMover) -> bool:
    """Whether the mover may make this move."""
    return mover in MOVES[now_at].get(to, frozenset())


def without_name(shown: str, name: str) -> str:
    """A card's names without one of them; where it is not found as it stands there, nobody is named any more."""
    names = shown.split(", ")
    if name not in names:
        return NOBODY_NAMED
    names.remove(name)
    return ", ".join(names) or NOBODY_NAMED


def snapshot_of(answers: Mapping[str, Any], *, people: Collection[Mapping[str, Any]], shares: Collection[Shared]) -> dict[str, Any]:
    """What travels with a referral: the chosen parts and the chosen people, as they are today. Nothing else is copied.

    Of the addresses only the one that belongs to the way that was called safe: another number may be the one that somebody else answers.
    Where home is a secret, the address for letters goes only with the place: it would tell the same.
    """
    safe = ADDRESS_OF_WAY.get(answers.get("contact_way", ""))
    left_out = set(ADDRESS_OF_WAY.values()) - {safe}
    if answers.get(IS_PROTECTED) == "yes" and Shared.PLACE not in shares:
        left_out.add(ADDRESS_FOR_LETTERS)
    codes = [code for part in Shared if part in shares for code in QUESTIONS_OF[part] if code not in left_out]
    return {"people": [dict(person) for person in people], "shares": sorted(shares)} | {
        code: answers[code] for code in codes if answers.get(code)
    }


DECIDES_FROM = 12
"""From this age somebody is presumed to understand, and says for themselves whether they agree (Data Protection Act 2018, section 208)."""
SPOKEN_FOR: Mapping[AskedBy, frozenset[Relation]] = {
    AskedBy.PARENT_OR_CARER: frozenset({Relation.CHILD, Relation.EXPECTED_BABY}),
    AskedBy.EXPECTING: frozenset({Relation.CHILD, Relation.EXPECTED_BABY}),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What one person said about being named in a referral: whether they agree, and their words; or why they were not told."""

    informed: Informed
    views: str
    not_told_why: str = ""


class NotHeard(ValueError):
    """Nobody wrote down what this person said to it, or why they were not told (the alias says who)."""


def speaks_for(asked_by: AskedBy, relation: Relation, facts: PersonFacts, *, is_asker: bool, day: date) -> bool:
    """Whether whoever asked can agree for this person: for themselves, and a parent for their child who is too young to decide.

    Nobody agrees for another adult, nor for a child from 12 on; where an age is not known, they are asked.
    """
    if asked_by == AskedBy.PRACTITIONER:
        return False
    if is_asker:
        return True
    if relation not in SPOKEN_FOR.get(asked_by, ()):
        return False
    age = facts.age_on(day)
    is_unborn = relation == Relation.EXPECTED_BABY or (facts.due_on is not None and facts.born_on is None)
    return is_unborn or (age is not None and age < DECIDES_FROM)


def heard_by_asking(*, is_asker: bool) -> Heard:
    """Of whoever asked, and of those whom they speak for. It says where their words are, and makes none up."""
    if is_asker:
        return Heard(Informed.AGREED, gettext("They asked for this help themselves. What they wrote is in the request."))
    return Heard(Informed.AGREED, gettext("Not asked themselves yet: they are under 12, and their parent asked and agreed for them."))


def heard_of(informed: Informed, words: str) -> Heard:
    """Of anybody else, as it was written down: what they said, or why they were not told. Raises NotHeard where that is missing."""
    said = words.strip()
    if informed not in (Informed.AGREED, Informed.REFUSED, Informed.NOT_TOLD) or not (said or informed == Informed.AGREED):
        raise NotHeard
    if informed == Informed.NOT_TOLD:
        return Heard(informed, gettext("Not asked yet: %(why)s") % {"why": said}, not_told_why=said)
    return Heard(informed, said or gettext("They were told, and agree. Nothing more was written down."))


def decision_behind(shares: Collection[Shared], heard: Heard, *, words: str, kind: AgencyKind) -> SevenThings:
    """The decision about one person that a referral is. `kind` is that of the agency that refers.

    Who agreed ends the share when they like; where they were not told, it rests on the agency's own task. Who was asked and does not agree
    is left out: that is kept as a decision not to share.
    """
    shared = heard.informed != Informed.REFUSED
    own_task = Basis.PUBLIC_TASK if kind in PUBLIC_BODIES else Basis.LEGITIMATE_INTERESTS
    if shared:
        why = words.strip() or gettext("So that the service can give the help that was asked for.")
        necessity = gettext("Only the parts that were chosen for this referral are shared.")
    else:
        why, necessity = gettext("They were asked, and do not agree."), gettext("The referral goes without them.")
    return SevenThings(
        decision=Decision.SHARE if shared else Decision.NOT_SHARE,
        purpose=Purpose.SUPPORT,
        categories=sorted({RECEIVER_SEES[part] for part in shares}),
        why=why,
        views=heard.views,
        necessity=necessity,
        informed=heard.informed,
        not_told_why=heard.not_told_why,
        basis=Basis.CONSENT if heard.informed == Informed.AGREED else own_task,
        special_condition=SpecialCondition.HEALTH_OR_SOCIAL_CARE,
    )
