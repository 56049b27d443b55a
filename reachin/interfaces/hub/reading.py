"""One open request as the hub reads it. Needs the request to be open; every part is evaluated before it is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from reachin.access.directory.models import among
from reachin.access.requests_for_assistance.actions import (
    CONTACT_CHECKED,
    TOLD_BY_A_PERSON,
    contact_is_stale,
    standing_of_request,
    told_so_far,
)
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome, Mover, NoteKind, Stage, Urgency, WaitingFor
from reachin.access.requests_for_assistance.models import ContactAttempt, DangerAlert, RequestForAssistance, RequestMove, RequestNote
from reachin.access.requests_for_assistance.questions import questions_for
from reachin.access.requests_for_assistance.rules import WAITS_FOR, Delays, Missing, delays, may_move, missing_answers
from reachin.families.people.enums import Relation
from reachin.families.people.homes import place_name, says_protected
from reachin.families.people.rules import ADDRESS_KEPT_BACK, facts_from_answers
from reachin.groundwork.audited_access.lookups import Lookup
from reachin.groundwork.clock import now
from reachin.groundwork.notices.enums import ContactWay, MayLeaveMessage, MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import ADDRESS_OF_WAY
from reachin.groundwork.page_parts.moments import short_day, short_day_and_time
from reachin.interfaces.asking_form.showing import shown_answer
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from .navigation import account_of
from .words import ANSWER_LABELS, MOVE_REASONS, STAGE_COLOURS, URGENCY_TAGS, WHO_ASKED, WHO_THEY_ARE, days, days_between, lasted, news

LONDON = ZoneInfo("Europe/London")
ASKED_FOR = ("help_with", "wishes", "not_wanted", "family_meeting", "family_meeting_not_offered", "place", "language", "communication")
MOVE_FIELDS = ("number", "stage", "mover", "reason", "moved_at", "moved_by")
KNOWN_TO_AGENCY = ("family_knows", "why_not_told", "childs_view", "tried", "childs_plan", "reach_me")


_card = Lookup(
    lambda card: RequestForAssistance.objects.select_related(
        "sender", "sender_agency", "holder_agency", "duty_agency", "contact_owner"
    ).filter(id=card)
)
_alerts_raised = Lookup(
    lambda card: (
        DangerAlert.objects.filter(request_for_assistance_id=card)
        .order_by("raised_at")
        .values("id", "raised_at", "taken_at", "taken_by__name", "duty_agency_id", "duty_agency__name", "duty_agency__phone")
    )
)
_moves_made: Lookup[dict[str, Any]] = Lookup(
    lambda card: RequestMove.objects.filter(request_for_assistance_id=card).order_by("number").values(*MOVE_FIELDS)
)
_notes_written = Lookup(lambda card: RequestNote.objects.filter(request_for_assistance_id=card).order_by("written_at", "id"))
_attempts_made = Lookup(
    lambda card: (
        ContactAttempt.objects.filter(request_for_assistance_id=card).order_by("-tried_at").values("outcome", "tried_at", "tried_by__name")
    )
)
_messages_to_family = Lookup(
    lambda card: (
        Message.objects.filter(about_id=card, is_for_staff=False)
        .order_by("queued_at")
        .values("id", "event", "state", "way", "queued_at", "settled_at", "settled_by")
    )
)


def card_of(request: HttpRequest, request_id: UUID) -> RequestForAssistance:
    """The card, where this account may see it; otherwise as if it were not there (Http404)."""
    card = _card.first(request_id)
    if card is None:
        raise Http404
    return card


def held_card(request: HttpRequest, request_id: UUID) -> RequestForAssistance:
    """The card, where this account's agency holds it and so decides on it; otherwise Http404."""
    card = card_of(request, request_id)
    if not is_ours(card, account_of(request)):
        raise Http404
    return card


def is_ours(card: RequestForAssistance, account: Account) -> bool:
    """Whether the account's agency holds the request. A duty desk may read what it was alerted to; the holder decides."""
    return card.holder_agency_id == account.agency_id


def is_open(card: RequestForAssistance) -> bool:
    return card.waiting_for != WaitingFor.NOBODY


def may_change_door(card: RequestForAssistance) -> bool:
    """Agencies that were asked answer to this door: while they are, the request stays."""
    return card.waiting_for in (WaitingFor.HUB, WaitingFor.SENDER)


def may_go(card: RequestForAssistance, to: Stage) -> bool:
    """Whether the hub may move this request to that stage."""
    return may_move(Stage(card.stage), to, mover=Mover.HUB, asked_by=AskedBy(card.asked_by))


@dataclass(frozen=True)
class Names:
    """Who did what: names of accounts by id; the family bears the request's own id."""

    of_request: UUID
    by_id: Mapping[UUID, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request_id: UUID, ids: Iterable[UUID | None]) -> "Names":
        wanted = sorted({one for one in ids if one is not None and one != request_id})
        return cls(request_id, dict(Account.objects.filter(among("id", wanted)).values_list("id", "name")) if wanted else {})

    def __getitem__(self, who: UUID | None) -> str:
        if who == self.of_request:
            return _("The family")
        return self.by_id.get(who, "") if who is not None else ""


def heading(card: RequestForAssistance, moment: datetime, *, on_paper: bool = False) -> dict[str, Any]:
    """What stands at the head of each page about one request, which is open."""
    stage = Stage(card.stage)
    urgency = URGENCY_TAGS.get(Urgency(card.urgency))
    waited = days(days_between(card.received_at, card.closed_at or moment))
    facts = [
        {"key": _("Reference"), "value": card.reference},
        {"key": _("Asked"), "value": short_day_and_time(card.received_at)},
        {"key": _("Waited") if card.closed_at else _("Waiting"), "value": waited},
        {"key": _("Who asked"), "value": WHO_ASKED[AskedBy(card.asked_by)]},
        {"key": _("Channel"), "value": card.get_channel_display()},
    ]
    if card.sender is not None and card.sender_agency is not None:
        facts.append({"key": _("Sent by"), "value": _sender(card.sender, card.sender_agency, card.id, on_paper=on_paper)})
    if card.contact_owner is not None:
        facts.append({"key": _("In touch"), "value": card.contact_owner.name})
    if card.contact_due_at is not None and is_open(card):
        facts.append({"key": _("Contact by"), "value": short_day(card.contact_due_at)})
    return {
        "id": card.id,
        "name": card.shown_name(),
        "reference": card.reference,
        "facts": facts,
        "stage": stage.label,
        "stage_colour": STAGE_COLOURS[stage],
        "urgency": urgency,
        "outcome": card.get_outcome_display() if card.outcome else "",
        "is_overdue": card.contact_due_at is not None and is_open(card) and card.contact_due_at < moment,
        "version": card.version,
    }


def _sender(sender: Account, agency: Agency, request_id: UUID, *, on_paper: bool) -> str:
    """Who sent it, and where they work; a teacher's name tells of the school too."""
    name = place_name(agency, standing_of_request(request_id), on_paper=on_paper) if agency.kind == AgencyKind.SCHOOL else agency.name
    return f"{sender.name}, {name}" if name == agency.name else name


def answers_of(card: RequestForAssistance) -> dict[str, Any]:
    """Everything that was told and is open."""
    return told_so_far(card)


def rows_of(card: RequestForAssistance, answers: Mapping[str, Any], codes: Iterable[str]) -> list[dict[str, Any]]:
    """Answers in short: what was answered, with a worker's label."""
    questions = questions_for(card.form_version, AskedBy(card.asked_by))
    shown = ((code, shown_answer(questions[code], answers)) for code in codes if code in questions)
    return [{"key": ANSWER_LABELS[code], "value": words} for code, words in shown if words]


def safe_contact(answers: Mapping[str, Any], card: RequestForAssistance) -> dict[str, Any]:
    """How they may be reached, as far as the answers are for this page; `is_known` false means: do not contact."""
    way = answers.get("contact_way")
    known = ContactWay(way) if way in ContactWay.values else None
    code = ADDRESS_OF_WAY.get(known, "") if known is not None else ""
    address = str(answers.get(code) or "")
    is_kept_back = known == ContactWay.LETTER and answers.get(ADDRESS_KEPT_BACK) == "yes"
    questions = questions_for(card.form_version, AskedBy(card.asked_by))
    checked = answers.get(CONTACT_CHECKED)
    return {
        "checked": short_day(datetime.fromisoformat(checked)) if checked else "",
        "is_stale": contact_is_stale(answers, now=now()),
        "check_url": reverse("hub:contact_check", args=[card.id]) if checked and card.waiting_for != WaitingFor.CHECK else "",
        "way": known.label if known else "",
        "is_known": known is not None and (bool(address) or is_kept_back or known == ContactWay.COME_BACK),
        "is_phone": known in (ContactWay.PHONE, ContactWay.TEXT),
        "comes_back": known == ContactWay.COME_BACK,
        "address": address,
        "is_kept_back": is_kept_back,
        "times": answers.get("safe_times") or "",
        "may_leave": answers.get("may_leave_message") == MayLeaveMessage.YES,
        "who_may_answer": answers.get("who_may_answer") or "",
        "cover_name": answers.get("cover_name") or "",
        "first": shown_answer(questions["first_contact"], answers),
        "first_name": answers.get("first_contact_name") or "",
        "other_ways": [
            {"key": ANSWER_LABELS[other], "value": answers[other]}
            for other in dict.fromkeys(ADDRESS_OF_WAY.values())
            if answers.get(other) and other != code
        ],
    }


def warnings_of(card: RequestForAssistance, answers: Mapping[str, Any], account: Account | None = None) -> dict[str, Any]:
    """What must be known before anything is done: danger, who must not know, a home that is a secret."""
    questions = questions_for(card.form_version, AskedBy(card.asked_by))
    blocked = shown_answer(questions["blocked_agencies"], answers)
    in_danger = answers.get("in_danger")
    return {
        "must_not_know": answers.get("must_not_know") or "",
        "blocked": blocked.split("\n") if blocked else [],
        "home_is_secret": says_protected(answers),
        "danger": card.urgency == Urgency.DANGER,
        "danger_was_said": in_danger == "yes",
        "perhaps": in_danger == "not_sure" and card.urgency != Urgency.DANGER,
        "alerts": _alerts(card, account),
    }


def _alerts(card: RequestForAssistance, account: Account | None) -> list[dict[str, Any]]:
    """Who was alerted and who took it on; whoever works at the alerted desk may take it on from here."""
    rows = _alerts_raised(card.id)
    return [
        {
            **row,
            "is_ours": account is not None and row["duty_agency_id"] == account.agency_id,
            "may_take": account is not None and row["duty_agency_id"] == account.agency_id and row["taken_at"] is None,
        }
        for row in rows
    ]


def people_of(answers: Mapping[str, Any], today: date) -> list[list[Any]]:
    """Rows of a table: name, who they are, age."""
    return [
        [person.get("known_as") or "–", WHO_THEY_ARE[Relation(person["relation"])], _age(person, today)]
        for person in answers.get("people", [])
    ]


def _age(person: Mapping[str, Any], today: date) -> str:
    facts = facts_from_answers(person)
    age = facts.age_on(today)
    if age is not None:
        return str(age)
    return _("due %(day)s") % {"day": short_day(facts.due_on)} if facts.due_on else ""


def gaps(card: RequestForAssistance, answers: Mapping[str, Any]) -> list[Missing]:
    """What is still missing by the table. That somebody asks for themselves does not yet say whom the help is for."""
    told = [person for person in answers.get("people", []) if person["relation"] != Relation.SELF or person.get("age_years") is not None]
    return missing_answers({**answers, "people": told}, asked_by=AskedBy(card.asked_by), version=card.form_version)


def missing_of(card: RequestForAssistance, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is still missing, and why it matters."""
    asked_by = AskedBy(card.asked_by)
    questions = questions_for(card.form_version, asked_by)
    return [
        {"question": questions[gap.question].words_to(asked_by), "why": gap.why, "may_wait": gap.may_wait} for gap in gaps(card, answers)
    ]


@dataclass(frozen=True)
class Trail:
    """What was written and done about a request, with names."""

    names: Names
    moves: list[dict[str, Any]]
    notes: list[RequestNote]
    attempts: list[dict[str, Any]]

    @classmethod
    def of(cls, card: RequestForAssistance) -> "Trail":
        moves, notes = _moves_made(card.id), _notes_written(card.id)
        attempts = [{**row, "words": ContactOutcome(row["outcome"]).label} for row in _attempts_made(card.id)]
        ids = [move["moved_by"] for move in moves] + [note.written_by for note in notes]
        return cls(Names.of(card.id, ids), moves, notes, attempts)

    def history(self) -> list[dict[str, Any]]:
        """Steps for the timeline, the newest last."""
        last = len(self.moves) - 1
        return [
            {
                "title": Stage(move["stage"]).label,
                "when": short_day_and_time(move["moved_at"]),
                "text": self._who_and_why(move),
                "state": "now" if place == last and WAITS_FOR[Stage(move["stage"])] != WaitingFor.NOBODY else "done",
            }
            for place, move in enumerate(self.moves)
        ]

    def _who_and_why(self, move: Mapping[str, Any]) -> str:
        who = _("Pre-triage") if move["mover"] == Mover.PRE_TRIAGE else self.names[move["moved_by"]]
        why = MOVE_REASONS.get(move["reason"], "")
        return "; ".join(str(words) for words in (who, why) if words)

    def questions(self) -> list[dict[str, Any]]:
        """Questions to the family, with their answers."""
        answers = {note.written_at: note for note in self.notes if note.kind == NoteKind.ANSWER}
        return [
            {
                "question": note.words(),
                "asked_at": note.written_at,
                "asked_by": self.names[note.written_by],
                "answer": answers[note.answered_at].words() if note.answered_at in answers else "",
                "answered_at": note.answered_at,
            }
            for note in self.notes
            if note.kind == NoteKind.QUESTION
        ]

    def decisions(self, card: RequestForAssistance) -> list[dict[str, Any]]:
        """Decisions, working notes and what senders were asked to add; the newest first. What pre-triage found stands apart."""
        kinds = {NoteKind.DECISION, NoteKind.WORKING_NOTE, NoteKind.WHAT_IS_MISSING}
        asked_by = AskedBy(card.asked_by)
        questions = questions_for(card.form_version, asked_by)
        return [
            {
                "kind": note.get_kind_display(),
                "words": note.words(),
                "missing": [questions[code].words_to(asked_by) for code in note.questions if code in questions],
                "at": note.written_at,
                "by": self.names[note.written_by],
                "is_done": note.answered_at is not None,
            }
            for note in reversed(self.notes)
            if note.kind in kinds and not (note.kind == NoteKind.WHAT_IS_MISSING and note.written_by in (card.id, card.sender_id))
        ]

    def latest(self) -> str:
        """Who last did what, and when: for whoever comes second."""
        done: list[tuple[datetime, str, Any]] = [
            (move["moved_at"], self.names[move["moved_by"]], Stage(move["stage"]).label) for move in self.moves
        ]
        done += [(note.written_at, self.names[note.written_by], NoteKind(note.kind).label) for note in self.notes]
        done += [(tried["tried_at"], tried["tried_by__name"], _("Tried to be in touch")) for tried in self.attempts]
        if not done:
            return ""
        at, who, what = max(done, key=lambda one: one[0])
        return _("%(who)s, %(when)s: %(what)s") % {"who": who or "–", "when": short_day_and_time(at), "what": what}

    def delays(self, moment: datetime) -> Delays:
        return delays([(Stage(move["stage"]), move["moved_at"]) for move in self.moves], now=moment)


def delay_rows(found: Delays, moment: datetime) -> list[list[Any]]:
    """Each step: where it was, whose turn, since when, how long."""
    return [
        [step.stage.label, WAITS_FOR[step.stage].label, short_day_and_time(step.since), lasted(step.lasted(moment))]
        for step in found.steps
        if WAITS_FOR[step.stage] != WaitingFor.NOBODY
    ]


def delay_facts(found: Delays, card: RequestForAssistance) -> list[dict[str, Any]]:
    """The family's full wait always; what was with the sender is chase time saved."""
    facts = [
        {"key": _("The family's full wait"), "value": lasted(found.family_wait)},
        {"key": _("With the hub"), "value": lasted(found.with_hub)},
        {"key": _("With agencies"), "value": lasted(found.with_agencies)},
    ]
    if card.asked_by_practitioner():
        facts.append({"key": _("With the sender (chase time saved)"), "value": lasted(found.with_sender)})
    if card.help_started_at is not None:
        facts.append({"key": _("Until help started"), "value": lasted(card.help_started_at - card.received_at)})
    return facts


def messages_of(card: RequestForAssistance) -> dict[str, list[dict[str, Any]]]:
    """Messages to the family: those that a person has to tell, and those that went their way."""
    rows = _messages_to_family(card.id)
    told = [
        {
            "id": row["id"],
            "words": news(row["event"]),
            "queued_at": row["queued_at"],
            "way": ContactWay(row["way"]).label,
            "state": row["state"],
            "has_failed": row["state"] == MessageState.FAILED,
            "state_words": MessageState(row["state"]).label,
            "settled_at": row["settled_at"],
            "settled_by": row["settled_by"] if row["state"] == MessageState.TOLD else "",
        }
        for row in rows
    ]
    return {
        "by_hand": [message for message in told if message["state"] in TOLD_BY_A_PERSON],
        "others": [message for message in told if message["state"] not in TOLD_BY_A_PERSON],
    }


def today_of(moment: datetime) -> date:
    """The day in Scotland."""
    return moment.astimezone(LONDON).date()
