"""What the writing pages share: a draft of one's own, its sections in order, and what they ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.models import DraftRequest
from reachin.access.requests_for_assistance.questions import SECTIONS, Question, QuestionKind, Words, questions_for, sections_for
from reachin.access.requests_for_assistance.rules import display_name, people_of, tells_of_danger
from reachin.partnership.accounts.models import Account

MOST_DRAFTS_SHOWN = 20
PEOPLE_SECTION = "people"


@dataclass(frozen=True, slots=True)
class Draft:
    """A practitioner's own draft, read once, answers unsealed."""

    row: DraftRequest
    answers: Mapping[str, Any]

    @property
    def asked_by(self) -> AskedBy:
        return AskedBy(self.row.asked_by)

    @property
    def is_in_danger(self) -> bool:
        """Whether what is written now tells of danger."""
        return tells_of_danger(self.answers)

    @property
    def sections(self) -> list[tuple[str, Words]]:
        """The sections in order, by slug and title."""
        asked = sections_for(self.row.form_version, self.asked_by)
        return [(slug, title) for slug, title in SECTIONS if slug in asked]

    def questions_of(self, section: str) -> list[Question]:
        """What a section asks, in order. Raises Http404 for a section that is none."""
        asked = sections_for(self.row.form_version, self.asked_by).get(section)
        if asked is None:
            raise Http404
        return asked

    def section_of(self, code: str) -> str:
        """Where a question is asked."""
        return next(
            slug for slug, asked in sections_for(self.row.form_version, self.asked_by).items() if code in {one.code for one in asked}
        )

    def questions(self) -> dict[str, Question]:
        return questions_for(self.row.form_version, self.asked_by)

    def address_of(self, section: str) -> str:
        return reverse("practitioner:section", args=[self.row.id, section])

    def after(self, section: str) -> str:
        """The address of the section after this one; the check page after the last."""
        slugs = [slug for slug, _title in self.sections]
        place = slugs.index(section) + 1
        return self.address_of(slugs[place]) if place < len(slugs) else reverse("practitioner:check", args=[self.row.id])

    def before(self, section: str) -> str:
        """The address of the section before this one; the start of writing before the first."""
        slugs = [slug for slug, _title in self.sections]
        place = slugs.index(section)
        return self.address_of(slugs[place - 1]) if place else reverse("practitioner:new")


def own_draft(account: Account, draft_id: UUID) -> Draft | None:
    """This account's own draft; None when it is sent or gone, and for anybody else's."""
    row = DraftRequest.objects.filter(id=draft_id, started_by=account, asked_by=AskedBy.PRACTITIONER).first()
    return None if row is None else Draft(row, row.answers())


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list: whom it is about, and when it was last changed."""

    id: UUID
    reference: str
    about: str
    changed_at: datetime
    address: str


def own_drafts(account: Account) -> list[DraftLine]:
    """This account's drafts, the newest first."""
    rows = DraftRequest.objects.filter(started_by=account, asked_by=AskedBy.PRACTITIONER).order_by("-changed_at")[:MOST_DRAFTS_SHOWN]
    return [_line(row) for row in rows]


def _line(row: DraftRequest) -> DraftLine:
    answers = row.answers()
    named = people_of(answers, asked_by=AskedBy.PRACTITIONER)
    about = display_name(named) if any(person.facts.known_as for person in named) else ""
    first = next(slug for slug, _title in SECTIONS)
    address = reverse("practitioner:check", args=[row.id]) if answers else reverse("practitioner:section", args=[row.id, first])
    return DraftLine(row.id, row.reference, about, row.changed_at, address)


def is_people(question: Question) -> bool:
    return question.kind == QuestionKind.PEOPLE
