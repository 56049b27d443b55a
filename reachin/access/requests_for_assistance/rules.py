import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose, SaidAs, SpecialCondition
from reachin.families.information_sharing.rules import PUBLIC_BODIES, SevenThings
from reachin.families.people.enums import Relation
from reachin.families.people.rules import ADDRESS_KEPT_BACK, PersonFacts, facts_from_answers
from reachin.groundwork.clock.rules import add_working_days
from reachin.groundwork.notices.enums import ContactWay
from reachin.groundwork.notices.rules import ADDRESS_OF_WAY
from reachin.partnership.agencies.enums import AgencyKind

from .danger import mentions_danger
from .enums import AskedBy, Mover, Stage, Urgency, WaitingFor
from .questions import FAMILY, PRACTITIONER, Words, questions_for

Answers = Mapping[str, Any]
CONTACT_WITHIN_WORKING_DAYS = 2
TRIAGE_WITHIN_WORKING_DAYS = 5
NOBODY_NAMED = "–"
"""What a card keeps for a name where nobody was named."""

MOVES: Mapping[Stage, Mapping[Stage, frozenset[Mover]]] = {
    Stage.DRAFT: {Stage.RECEIVED: frozenset({Mover.FAMILY, Mover.SENDER})},
    Stage.RECEIVED: {
        Stage.RETURNED: frozenset({Mover.PRE_TRIAGE}),
        Stage.TO_BE_CONTACTED: frozenset({Mover.PRE_TRIAGE}),
        Stage.READY_FOR_TRIAGE: frozenset({Mover.PRE_TRIAGE}),
    },
    Stage.RETURNED: {
        Stage.RECEIVED: frozenset({Mover.SENDER}),
        Stage.TO_BE_CONTACTED: frozenset({Mover.HUB}),
        Stage.WITHDRAWN: frozenset({Mover.SENDER, Mover.FAMILY}),
        Stage.ENTERED_IN_ERROR: frozenset({Mover.HUB, Mover.SENDER}),
    },
    Stage.TO_BE_CONTACTED: {
        Stage.READY_FOR_TRIAGE: frozenset({Mover.HUB, Mover.FAMILY}),
        Stage.IN_DISCUSSION: frozenset({Mover.HUB}),
        Stage.MATCHED: frozenset({Mover.HUB}),
        Stage.CLOSED: frozenset({Mover.HUB}),
        Stage.WITHDRAWN: frozenset({Mover.FAMILY, Mover.SENDER}),
        Stage.ENTERED_IN_ERROR: frozenset({Mover.HUB}),
    },
    Stage.READY_FOR_TRIAGE: {
        Stage.TO_BE_CONTACTED: frozenset({Mover.HUB}),
        Stage.RETURNED: frozenset({Mover.HUB}),
        Stage.IN_DISCUSSION: frozenset({Mover.HUB}),
        Stage.MATCHED: frozenset({Mover.HUB}),
        Stage.CLOSED: frozenset({Mover.HUB}),
        Stage.WITHDRAWN: frozenset({Mover.FAMILY, Mover.SENDER}),
        Stage.ENTERED_IN_ERROR: frozenset({Mover.HUB}),
    },
    Stage.IN_DISCUSSION: {
        Stage.TO_BE_CONTACTED: frozenset({Mover.HUB}),
        Stage.MATCHED: frozenset({Mover.HUB}),
        Stage.CLOSED: frozenset({Mover.HUB}),
        Stage.WITHDRAWN: frozenset({Mover.FAMILY, Mover.SENDER}),
        Stage.ENTERED_IN_ERROR: frozenset({Mover.HUB}),
    },
    Stage.MATCHED: {
        Stage.IN_DISCUSSION: frozenset({Mover.HUB, Mover.AGENCY}),
        Stage.CLOSED: frozenset({Mover.HUB}),
        Stage.WITHDRAWN: frozenset({Mover.FAMILY}),
    },
    Stage.CLOSED: {Stage.IN_DISCUSSION: frozenset({Mover.HUB})},
    Stage.WITHDRAWN: {},
    Stage.ENTERED_IN_ERROR: {},
}
"""Every move there is, and who makes it. It also draws the picture in the docs."""

WAITS_FOR: Mapping[Stage, WaitingFor] = {
    Stage.RECEIVED: WaitingFor.HUB,
    Stage.RETURNED: WaitingFor.SENDER,
    Stage.TO_BE_CONTACTED: WaitingFor.HUB,
    Stage.READY_FOR_TRIAGE: WaitingFor.HUB,
    Stage.IN_DISCUSSION: WaitingFor.HUB,
    Stage.MATCHED: WaitingFor.AGENCY,
    Stage.CLOSED: WaitingFor.NOBODY,
    Stage.WITHDRAWN: WaitingFor.NOBODY,
    Stage.ENTERED_IN_ERROR: WaitingFor.NOBODY,
}


def may_move(now_at: Stage, to: Stage, *, mover: Mover, asked_by: AskedBy) -> bool:
    """Whether the mover may make this move. A family's request is never returned, whoever tries (A4)."""
    if to == Stage.RETURNED and asked_by != AskedBy.PRACTITIONER:
        return False
    return mover in MOVES[now_at].get(to, frozenset())


@dataclass(frozen=True, slots=True)
class Missing:
    """One gap: which question, why it matters, and whether the request can go on without it."""

    question: str
    why: Words
    may_wait: bool


@dataclass(frozen=True, slots=True)
class PreTriageRule:
    """One line of the pre-triage table: the question, of whom it is asked, why it matters, whether it may wait."""

    question: str
    asked_of: frozenset[AskedBy]
    why: Words
    may_wait: bool = False


PRE_TRIAGE: Mapping[int, tuple[PreTriageRule, ...]] = {
    1: (
        PreTriageRule("story", PRACTITIONER, _("Without it nobody can tell what would help.")),
        PreTriageRule("story", FAMILY, _("We will ask you gently when we are in touch."), may_wait=True),
        PreTriageRule("help_with", PRACTITIONER, _("It is how fitting services are found.")),
        PreTriageRule("people", PRACTITIONER, _("We need to know who the help is for.")),
        PreTriageRule("people", FAMILY, _("We will ask who the help is for."), may_wait=True),
        PreTriageRule("contact_way", PRACTITIONER, _("Nobody may be contacted without a safe way that the family chose.")),
        PreTriageRule("contact_way", FAMILY, _("Without a safe way we cannot be in touch; you can always look here.")),
        PreTriageRule("family_knows", PRACTITIONER, _("Sharing has to be open with the family, or the reason kept.")),
        PreTriageRule("why_not_told", PRACTITIONER, _("When a family is not told, the reason has to be kept.")),
        PreTriageRule("childs_view", PRACTITIONER, _("A child has a say in what concerns them."), may_wait=True),
        PreTriageRule("tried", PRACTITIONER, _("So that nobody offers again what did not help."), may_wait=True),
    )
}


def missing_answers(answers: Answers, *, asked_by: AskedBy, version: int) -> list[Missing]:
    """What is missing, in the order of the table. A family is never asked for what only an agency knows."""
    return [
        Missing(rule.question, rule.why, rule.may_wait)
        for rule in PRE_TRIAGE[version]
        if asked_by in rule.asked_of and not _is_answered(rule.question, answers)
    ]


def _is_answered(question: str, answers: Answers) -> bool:
    if question == "why_not_told":
        return answers.get("family_knows") != "not_told" or bool(answers.get("why_not_told"))
    if question == "contact_way":
        return has_safe_way(answers)
    return bool(answers.get(question))


def has_safe_way(answers: Answers) -> bool:
    """Whether the answers say how somebody can be reached: a way and what it needs, or that they will look themselves."""
    way = answers.get("contact_way")
    if way not in ContactWay.values:
        return False
    if way == ContactWay.LETTER and answers.get(ADDRESS_KEPT_BACK) == "yes":
        return True
    return way == ContactWay.COME_BACK or bool(answers.get(ADDRESS_OF_WAY[ContactWay(way)]))


def questions_missing_for(way: str) -> str | None:
    """Which question a chosen contact way needs answered too."""
    return ADDRESS_OF_WAY.get(ContactWay(way)) if way in ContactWay.values else None


def pre_triage(answers: Answers, *, asked_by: AskedBy, version: int) -> tuple[Stage, list[Missing]]:
    """Where a received request goes by the table: back to a practitioner, on the call list for a family, or on to triage."""
    gaps = missing_answers(answers, asked_by=asked_by, version=version)
    if all(gap.may_wait for gap in gaps) and (asked_by == AskedBy.PRACTITIONER or not gaps):
        return Stage.READY_FOR_TRIAGE, gaps
    return (Stage.RETURNED if asked_by == AskedBy.PRACTITIONER else Stage.TO_BE_CONTACTED), gaps


def may_be_sent(answers: Answers) -> bool:
    """A request can be sent as soon as it says anything: a story, a kind of help, or that somebody is in danger."""
    return bool(answers.get("story") or answers.get("help_with") or answers.get("in_danger") in {"yes", "not_sure"})


def tells_of_danger(answers: Answers) -> bool:
    """Whether danger was ticked or named in any of the words."""
    words = [value for value in answers.values() if isinstance(value, str)]
    return answers.get("in_danger") == "yes" or mentions_danger(*words)


def urgency_of(answers: Answers) -> Urgency:
    """Danger first; soon where somebody is not sure, or a baby is on the way; ordinary otherwise."""
    if tells_of_danger(answers):
        return Urgency.DANGER
    if answers.get("in_danger") == "not_sure" or any(person.get("due_on") for person in answers.get("people", [])):
        return Urgency.SOON
    return Urgency.ORDINARY


def contact_due(received_at: datetime, urgency: Urgency) -> datetime:
    """By when somebody is in touch: two working days, one where it is urgent."""
    return add_working_days(received_at, 1 if urgency == Urgency.DANGER else CONTACT_WITHIN_WORKING_DAYS)


@dataclass(frozen=True, slots=True)
class Named:
    """One person of a request: the facts and what they are to the one who asks."""

    facts: PersonFacts
    relation: Relation


def named_in(answers: Answers) -> list[Named]:
    """Everybody that the answers name, in their order."""
    return [Named(facts_from_answers(person), Relation(person["relation"])) for person in answers.get("people", [])]


def people_of(answers: Answers, *, asked_by: AskedBy) -> list[Named]:
    """Everybody a request is about. The one who asks for themselves comes first, and is there even if nobody was named."""
    named = sorted(named_in(answers), key=lambda person: person.relation != Relation.SELF)
    if asked_by != AskedBy.PRACTITIONER and not any(person.relation == Relation.SELF for person in named):
        named.insert(0, Named(PersonFacts(known_as=answers.get("your_name") or ""), Relation.SELF))
    return named or [Named(PersonFacts(known_as=""), Relation.OTHER)]


def newly_named(given: Answers, told: Answers) -> list[Named]:
    """Whom the given answers name that were not named before. A form that comes back with everybody on it doubles nobody."""
    known = named_in(told)
    return [person for person in named_in(given) if person not in known]


BLOCKS_FOR = frozenset({Relation.CHILD, Relation.CARED_FOR, Relation.EXPECTED_BABY})
PARENTS_SPEAK_UNTIL = 16
"""A block protects, and is easily taken back: a parent says it for a child until 16, and for one whose age nobody said."""


def keeps_out_as(asked_by: AskedBy, person: Named, *, is_asker: bool, day: date) -> SaidAs | None:
    """As what whoever asked says who must not see this person; None where the person says it themselves, and is asked.

    A practitioner says it of everybody, to keep them safe.
    """
    if asked_by == AskedBy.PRACTITIONER:
        return SaidAs.WORKER
    if is_asker:
        return SaidAs.SELF
    if asked_by not in (AskedBy.PARENT_OR_CARER, AskedBy.EXPECTING) or person.relation not in BLOCKS_FOR:
        return None
    age = person.facts.age_on(day)
    return SaidAs.PARENT if age is None or age < PARENTS_SPEAK_UNTIL else None


def whom_to_ask(agencies: Iterable[str], names: Iterable[str]) -> str:
    """What the hub reads where whoever asked named agencies (as they are shown) and others, by these names, say it for themselves."""
    words = gettext("Whoever asked does not want %(agency)s to see anything of them. It does not count for %(whom)s: ask them themselves.")
    return words % {"agency": ", ".join(sorted(set(agencies))), "whom": ", ".join(name or "–" for name in names)}


def display_name(named: Sequence[Named]) -> str:
    """What lists show: at most two names and how many more. Names only, no ages, no place."""
    names = [person.facts.known_as for person in named if person.facts.known_as]
    rest = len(named) - len(names[:2])
    shown = ", ".join(names[:2]) or NOBODY_NAMED
    return f"{shown[:70]} +{rest}" if rest and names else shown[:80]


def shown_name(kept: str) -> str:
    """The same as people read it: in words where nobody was named."""
    return gettext("No name given") if kept == NOBODY_NAMED else kept


def split_by_category(answers: Answers, *, asked_by: AskedBy, version: int) -> dict[Category, dict[str, Any]]:
    """The answers apart, as they are kept apart: each kind of words has its own record. Unknown codes are dropped."""
    questions = questions_for(version, asked_by)
    parts: dict[Category, dict[str, Any]] = {}
    for code, question in questions.items():
        if code in answers and code != "people":
            parts.setdefault(question.category, {})[code] = answers[code]
    return parts


@dataclass(frozen=True, slots=True)
class Step:
    """One stage that a request was in: from when, until when (None: still), and whose turn it was."""

    stage: Stage
    since: datetime
    until: datetime | None

    def lasted(self, now: datetime) -> timedelta:
        return (self.until or now) - self.since


@dataclass(frozen=True, slots=True)
class Delays:
    """How long it took. The family's full wait is always published; what it spent with its sender is chase time saved (A4, A12)."""

    steps: tuple[Step, ...]
    family_wait: timedelta
    with_sender: timedelta
    with_hub: timedelta
    with_agencies: timedelta


def delays(moves: Iterable[tuple[Stage, datetime]], *, now: datetime) -> Delays:
    """Delays from (stage, moment) pairs in order. Steps add up to the family's full wait: returning pauses only the sender's clock."""
    marks = list(moves)
    ends = [*(since for _stage, since in marks[1:]), None]
    steps = tuple(Step(stage, since, until) for (stage, since), until in zip(marks, ends, strict=False))
    spent = {waiting: timedelta() for waiting in WaitingFor}
    for step in steps:
        spent[WAITS_FOR[step.stage]] += step.lasted(now)
    return Delays(
        steps=steps,
        family_wait=spent[WaitingFor.SENDER] + spent[WaitingFor.HUB] + spent[WaitingFor.AGENCY],
        with_sender=spent[WaitingFor.SENDER],
        with_hub=spent[WaitingFor.HUB],
        with_agencies=spent[WaitingFor.AGENCY],
    )


READS_GAELIC = frozenset({"gaelic", "gàidhlig", "gaidhlig"})


def writes_in(said: str, *, pages: str | None) -> str:
    """The language in which a family is written to, as a language code; empty for the product's own.

    `said` is what was answered to "which language is best", in anybody's own words; `pages` the language of the pages on which the family
    itself asked, None where somebody else typed.
    """
    words = set(re.findall(r"\w+", said.casefold()))
    reads_gaelic = bool(words & READS_GAELIC) and "irish" not in words
    return "gd" if reads_gaelic else pages or ""


HUB_SEES = (Category.CONTACT, Category.STORY, Category.PLAN, Category.SAFETY, Category.PROTECTED_ADDRESS)
SENDER_SEES = (Category.CONTACT, Category.STORY, Category.PLAN, Category.SAFETY)
SENDER_SEES_FOR = timedelta(days=365)
"""How long a practitioner reads what they sent: as long as the help that they asked for lasts at most."""
DUTY_SEES = (Category.CONTACT, Category.STORY, Category.PLAN, Category.SAFETY, Category.PROTECTED_ADDRESS)


def own_task(kind: AgencyKind) -> Basis:
    """The basis on which an agency of this kind does its own work. A charity cannot presume a public task."""
    return Basis.PUBLIC_TASK if kind in PUBLIC_BODIES else Basis.LEGITIMATE_INTERESTS


def at_another_door(reason: str, answers: Answers, *, asked_by: AskedBy, kind: AgencyKind) -> SevenThings:
    """The decision behind moving a request to the agency where it belongs, for the worker's own `reason`; `kind` is that of the old door.

    A family is told at once. Where a practitioner asked and the family does not know, it does not learn of it by this either.
    """
    knows = asked_by != AskedBy.PRACTITIONER or answers.get("family_knows") != "not_told"
    return SevenThings(
        decision=Decision.SHARE,
        purpose=Purpose.FRONT_DOOR,
        categories=HUB_SEES,
        why=reason,
        views=answers.get("childs_view") or gettext("Those of whoever asked: what they wrote themselves."),
        necessity=gettext("Whoever takes a request on needs the whole of what was told."),
        informed=Informed.TOLD if knows else Informed.NOT_TOLD,
        not_told_why="" if knows else answers.get("why_not_told") or gettext("The request does not say."),
        basis=own_task(kind),
        special_condition=SpecialCondition.HEALTH_OR_SOCIAL_CARE,
    )


def because_of_danger() -> SevenThings:
    """The decision behind an alert: everybody reads before they send that danger is told to the people who keep others safe."""
    return SevenThings(
        decision=Decision.SHARE,
        purpose=Purpose.PROTECTION,
        categories=DUTY_SEES,
        why=gettext("Danger was named when help was asked for."),
        views=gettext("Those of whoever asked: what they wrote and ticked themselves."),
        necessity=gettext("Somebody has to look at once, and needs the whole of what was told to know what to do."),
        informed=Informed.TOLD,
        basis=Basis.PUBLIC_TASK,
        special_condition=SpecialCondition.SAFEGUARDING,
    )
