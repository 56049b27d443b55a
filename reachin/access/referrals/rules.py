from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext

from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose, SpecialCondition
from reachin.families.information_sharing.rules import PUBLIC_BODIES, SevenThings
from reachin.families.people.rules import ADDRESS_FOR_LETTERS, IS_PROTECTED, WHERE_THEY_LIVE
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


FAMILY_SAID: Mapping[str, Informed] = {
    "asked_with": Informed.AGREED,
    "agreed": Informed.AGREED,
    "told": Informed.TOLD,
    "not_told": Informed.NOT_TOLD,
}


def decision_behind(
    shares: Collection[Shared], answers: Mapping[str, Any], *, asked_by: AskedBy, words: str, kind: AgencyKind
) -> SevenThings:
    """The decision to share that a referral is, from what was told in the request. `kind` is that of the agency that refers.

    Whoever asked for help themselves agreed, and so did whom a practitioner asked: they end the share when they like. Where they were
    told or not told, it rests on the agency's own task.
    """
    informed = FAMILY_SAID.get(answers.get("family_knows") or "", Informed.TOLD) if asked_by == AskedBy.PRACTITIONER else Informed.AGREED
    own_task = Basis.PUBLIC_TASK if kind in PUBLIC_BODIES else Basis.LEGITIMATE_INTERESTS
    not_told_why = (answers.get("why_not_told") or gettext("The request does not say.")) if informed == Informed.NOT_TOLD else ""
    views = answers.get("childs_view") if asked_by == AskedBy.PRACTITIONER else gettext("The family asked for this help themselves.")
    return SevenThings(
        decision=Decision.SHARE,
        purpose=Purpose.SUPPORT,
        categories=sorted({RECEIVER_SEES[part] for part in shares}),
        why=words.strip() or gettext("So that the service can give the help that was asked for."),
        views=views or gettext("Those of whoever asked."),
        necessity=gettext("Only the parts that were chosen for this referral are shared."),
        informed=informed,
        not_told_why=not_told_why,
        basis=Basis.CONSENT if informed == Informed.AGREED else own_task,
        special_condition=SpecialCondition.HEALTH_OR_SOCIAL_CARE,
    )
