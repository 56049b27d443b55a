"""Words that are put together only when somebody reads them, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.utils.formats import date_format
from django.utils.translation import gettext


class Template(Protocol):
    """A text or lazy text with named places such as %(days)d."""

    def __mod__(self, values: Any, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence with what belongs into it."""

    template: Template
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.template % dict(self.values))


@dataclass(frozen=True, slots=True)
class Listed:
    """Several things in one sentence: "money, food and school"."""

    things: tuple[object, ...]

    def __str__(self) -> str:
        *first, last = [str(thing)[:1].lower() + str(thing)[1:] if index else str(thing) for index, thing in enumerate(self.things)] or [""]
        return gettext("%(these)s and %(that)s") % {"these": ", ".join(first), "that": last} if first else last


@dataclass(frozen=True, slots=True)
class Month:
    """A day as its month and year: nobody needs to know the day on which a wait was stated."""

    day: date

    def __str__(self) -> str:
        return date_format(self.day, "F Y")
