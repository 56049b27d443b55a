"""Pages that are asked for all day and of which little changes: the frame is drawn once, what lies in its slots every time.

A frame is remembered in this process only, for one language, one address and whatever else its page says it depends on.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.utils import translation
from django.utils.html import format_html
from markupsafe import Markup

from .environment import showing
from .pages import kept_by_nobody

MOST_FRAMES = 500
_SLOT = f"slot-{secrets.token_hex(16)}-"
"""Begins what stands in a frame where a slot is; nobody can guess it, so that nobody can type one."""
_CSRF = "csrf_input"
_frames: OrderedDict[Hashable, tuple[str, ...]] = OrderedDict()


def render_framed(
    request: HttpRequest, template: str, *, depends_on: Hashable, context: Callable[[], Mapping[str, Any]], slots: Mapping[str, str]
) -> HttpResponse:
    """A page like any other, from a template that shows each slot by its name, once at most.

    `depends_on` holds everything, but the language and the address, that the frame shows or is chosen by: who is signed in, above all.
    With None it is drawn anew. `context` is asked only when the frame is drawn. The slots are HTML that is escaped already.
    """
    key = None if depends_on is None else (template, translation.get_language(), request.get_full_path(), depends_on)
    frame = _frames.get(key) or _draw(request, template, context(), slots)
    if key is not None:
        _remember(key, frame)
    filled = {**slots, _CSRF: _csrf_input(request)}
    page = "".join(filled[piece] if place % 2 else piece for place, piece in enumerate(frame))
    return kept_by_nobody(HttpResponse(page))


def _draw(request: HttpRequest, template: str, context: Mapping[str, Any], slots: Mapping[str, str]) -> tuple[str, ...]:
    """The page in pieces: HTML and the names of slots by turns."""
    marks = {name: Markup(f"{_SLOT}{name} ") for name in (*slots, _CSRF)}  # noqa: S704 a mark is no HTML
    drawn: Any = get_template(template)
    with showing(request, marks[_CSRF]):
        first, *others = str(drawn.template.render({**context, **marks, "request": request})).split(_SLOT)
    pieces = [first]
    for other in others:
        name, _, html = other.partition(" ")
        pieces += [name, html]
    return tuple(pieces)


def _remember(key: Hashable, frame: tuple[str, ...]) -> None:
    _frames[key] = frame
    _frames.move_to_end(key)
    if len(_frames) > MOST_FRAMES:
        _frames.popitem(last=False)


def _csrf_input(request: HttpRequest) -> str:
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
