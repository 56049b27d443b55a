"""The Jinja2 environment of every page."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.template import engines
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from reachin.groundwork.languages.enums import Language
from reachin.groundwork.languages.text import subtag

from . import moments, reading_fields
from .tables import table_rows
from .text import paragraphs, telephone_address

LANGUAGE_PARAMETER = "language"
MOST_TEXTS = 8192
_shown: ContextVar[tuple[HttpRequest | None, Any]] = ContextVar("page shown", default=(None, ""))


@contextmanager
def showing(request: HttpRequest, csrf_input: Any) -> Iterator[None]:
    """While a page is drawn: what its components need of the visit, though they are drawn without the page's own names.

    A component imported with a page's names is made anew for each page, which costs more than most of what stands on it.
    """
    before = _shown.set((request, csrf_input))
    try:
        yield
    finally:
        _shown.reset(before)


def page_csrf_input() -> Any:
    """The hidden field of the page that is being drawn, which says that a form is ours; nothing outside a page."""
    return _shown.get()[1]


def page_query_with(**changes: Any) -> str:
    """`query_with` for the page that is being drawn."""
    return query_with(_shown.get()[0], **changes)


def environment(**options: Any) -> Environment:
    """Made once by Django's Jinja2 backend, which adds `request`, `csrf_input` and `csrf_token` to each page.

    A name that is not there is an error, never an empty place on the page.
    """
    options |= {"undefined": StrictUndefined, "autoescape": True}
    made = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701 set one line up
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext, npgettext=translation.npgettext
    )
    made.globals.update(
        _=words,
        gettext=words,
        static=cache(static),
        url=url,
        lang=page_language,
        direction=direction,
        other_languages=other_languages,
        query_with=query_with,
        page_csrf_input=page_csrf_input,
        page_query_with=page_query_with,
        partnership_name=partnership_name,
        hide_page_leads_to=hide_page_leads_to,
        kind_of=reading_fields.kind_of,
        value_of=reading_fields.value_of,
        attributes_of=reading_fields.attributes_of,
        choices_of=reading_fields.choices_of,
        date_parts=reading_fields.date_parts,
        first_input_of=reading_fields.first_input_of,
        problems_of=reading_fields.problems_of,
        table_rows=table_rows,
    )
    made.filters.update(
        day=moments.day,
        short_day=moments.short_day,
        weekday=moments.weekday,
        time=moments.clock_time,
        day_and_time=moments.day_and_time,
        short_day_and_time=moments.short_day_and_time,
        nl2p=paragraphs,
        number=number,
        tel=telephone_address,
    )
    return made


def read_every_template() -> None:
    """Compiles every page's template, which otherwise the first who asks for it waits for."""
    engine: Any = engines["jinja2"]
    for name in engine.env.list_templates(extensions=["html"]):
        engine.get_template(name)


def words(message: str, **values: Any) -> Markup:
    """A text in the page's language with its values put in, escaped.

    What Jinja's own `gettext` gives, but that a text is looked up once and not at each of its hundred places on every page.
    """
    if values:
        return _translated(translation.get_language(), message) % values
    return _finished(translation.get_language(), message)


@lru_cache(maxsize=MOST_TEXTS)
def _translated(language: str | None, message: str) -> Markup:
    return Markup(translation.gettext(message))  # noqa: S704 the texts are ours


@lru_cache(maxsize=MOST_TEXTS)
def _finished(language: str | None, message: str) -> Markup:
    return _translated(language, message) % {}


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page: `url("hub:request", reference=reference)`."""
    return reverse(name, args=args or None, kwargs=kwargs or None) if args or kwargs else _address_of(name, settings.ROOT_URLCONF)


@cache
def _address_of(name: str, addresses: str) -> str:
    """Of a page without a word of its own in its address; `addresses` is the module that they are all in."""
    return reverse(name, addresses)


def page_language() -> str:
    """The language of the page for its lang attribute: "en-GB" or "gd"."""
    base, _, region = (translation.get_language() or settings.LANGUAGE_CODE).partition("-")
    return f"{base}-{region.upper()}" if region else base


def direction() -> str:
    """The direction in which the page is read, "ltr" or "rtl"."""
    return "rtl" if translation.get_language_bidi() else "ltr"


def other_languages(request: HttpRequest | None = None) -> list[dict[str, str]]:
    """The languages that the page is not in: their own `name`, `code` for lang attributes, and the `address` of a plain link."""
    present = subtag(translation.get_language())
    names = dict(Language.choices)
    return [
        {"name": names.get(subtag(code), code), "code": subtag(code), "address": query_with(request, **{LANGUAGE_PARAMETER: code})}
        for code, _label in settings.LANGUAGES
        if subtag(code) != present
    ]


def query_with(request: HttpRequest | None = None, /, **changes: Any) -> str:
    """The present query with some words changed, as a link: "?page=3&stage=received". None takes a word out."""
    query = QueryDict(mutable=True) if request is None else request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def partnership_name() -> str:
    """The partnership's own name, which stands in the place of a logo."""
    return str(settings.PARTNERSHIP_NAME)


def hide_page_leads_to() -> str:
    """The harmless page that a hidden page gives way to (setting HIDE_PAGE_LEADS_TO)."""
    return str(getattr(settings, "HIDE_PAGE_LEADS_TO", "https://www.bbc.co.uk/weather"))


def number(value: float | None) -> str:
    """12,345: a number as it is read. Nothing for None."""
    return "" if value is None else formats.number_format(value, use_l10n=True, force_grouping=True)
