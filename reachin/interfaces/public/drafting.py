"""What the asking pages share: the visitor's own draft, its pages in order, and where to go next."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from reachin.access.requests_for_assistance.drafts import draft_of, draft_to_change
from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.models import DraftRequest
from reachin.access.requests_for_assistance.questions import FormPage, pages_for
from reachin.interfaces.family.who import own_scope

FAMILY_ASKERS = [asker for asker in AskedBy if asker != AskedBy.PRACTITIONER]


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft as the pages need it: read once, answers unsealed."""

    row: DraftRequest
    answers: dict[str, Any]

    @property
    def asked_by(self) -> AskedBy:
        return AskedBy(self.row.asked_by)

    @property
    def pages(self) -> tuple[FormPage, ...]:
        return pages_for(self.row.form_version, self.asked_by)

    def page(self, slug: str) -> FormPage:
        """The page of that name, or 404."""
        for page in self.pages:
            if page.slug == slug:
                return page
        raise Http404

    def after(self, slug: str) -> str:
        """The address of the page after this one; the check page after the last."""
        slugs = [page.slug for page in self.pages]
        place = slugs.index(slug) + 1
        return page_address(slugs[place]) if place < len(slugs) else reverse("public:check")

    def before(self, slug: str) -> str:
        """The address of the page before this one; the task list before the first."""
        slugs = [page.slug for page in self.pages]
        place = slugs.index(slug)
        return page_address(slugs[place - 1]) if place else reverse("public:tasks")


def page_address(slug: str) -> str:
    return reverse("public:people") if slug == "people" else reverse("public:question", args=[slug])


def own_draft(request: HttpRequest, *, to_change: bool = False) -> Draft | None:
    """The draft that this visitor bears; None when there is none, or it was sent. Locked where it is read `to_change` it."""
    scope = own_scope(request)
    row = (draft_to_change if to_change else draft_of).first(scope) if scope else None
    return None if row is None else Draft(row, row.answers())
