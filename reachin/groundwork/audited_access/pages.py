"""Marks on views: who a page is for, and what it opens. A view without a mark is not served."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, ParamSpec

from django.http import HttpResponse

from reachin.groundwork.permissions.enums import Permission

P = ParamSpec("P")
Audience = Literal["public", "family", "staff"]


@dataclass(frozen=True, slots=True)
class Opens:
    """What a page opens before it is shown: the kind of record, the URL's word that holds its id, and the purpose.

    Without `by` the record is the bearer's own scope.
    """

    kind: str
    purpose: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class PageMark:
    """Whom a view serves. `context` "own" means that the view calls `acting` itself (sign-in, ways back in)."""

    audience: Audience
    permission: Permission | None = None
    opens: Opens | None = None
    context: Literal["given", "own"] = "given"
    demo_only: bool = False
    fresh: bool = False
    """Served only to staff who signed in, or did so again, within the last minutes."""
    before_factor: bool = False
    """Served also to staff who have no second factor yet: what they need to set one up."""
    while_away: bool = False
    """Served also to a visit that was left alone for long: where its bearer proves who they are."""


def page(mark: PageMark) -> Callable[[Callable[P, HttpResponse]], Callable[P, HttpResponse]]:
    """Marks a view; the middleware acts on the mark."""

    def marked(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
        view.page_mark = mark  # type: ignore[attr-defined]
        return view

    return marked


def public_page(
    *, context: Literal["given", "own"] = "given", demo_only: bool = False
) -> Callable[[Callable[P, HttpResponse]], Callable[P, HttpResponse]]:
    """A page for anybody; where the visitor bears a draft or request, they act within it."""
    return page(PageMark("public", context=context, demo_only=demo_only))


def family_page(*, opens: Opens | None = None) -> Callable[[Callable[P, HttpResponse]], Callable[P, HttpResponse]]:
    """A page for whoever came in by reference and phrase."""
    return page(PageMark("family", opens=opens))


def staff_page(
    *,
    permission: Permission | None = None,
    opens: Opens | None = None,
    fresh: bool = False,
    before_factor: bool = False,
    while_away: bool = False,
) -> Callable[[Callable[P, HttpResponse]], Callable[P, HttpResponse]]:
    """A page for signed-in staff whose role carries the permission.

    With `fresh`, whoever signed in longer than five minutes ago does so again first and comes back here. With `before_factor` it is served
    to somebody without a second factor too, with `while_away` to a visit that was left alone.
    """
    mark = PageMark("staff", permission=permission, opens=opens, fresh=fresh, before_factor=before_factor, while_away=while_away)
    return page(mark)
