"""One type for a text that exists in several languages: form questions, the words of services, the wording of consent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from .enums import SOURCE_LANGUAGE, Language


def subtag(language: str | None) -> str:
    """The bare language of a tag: "en" for "en-gb"; English where none is set."""
    return (language or SOURCE_LANGUAGE).split("-")[0].split("_")[0].lower()


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as one reader gets it. `is_fallback` says that it is not in the language that was asked for."""

    text: str
    language: str
    is_fallback: bool

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> SafeString:
        """The text escaped for a page, marked with its language where that differs from the page's."""
        if self.is_fallback:
            return format_html('<span lang="{}">{}</span>', self.language, self.text)
        return format_html("{}", self.text)


@dataclass(frozen=True, slots=True)
class TextInLanguages:
    """A text in English and, where somebody has written it, in Gaelic. Empty means "not written in this language".

    `str()` and `{{ text }}` on a page give it in the language of the present request.
    """

    en: str = ""
    gd: str = ""

    @classmethod
    def of(cls, text: "str | Mapping[str, str] | TextInLanguages | None") -> Self:
        """From plain English, from {"en": ..., "gd": ...}, or from what is one already.

        Raises ValueError for a language that we don't have, TypeError for anything but text.
        """
        if text is None:
            return cls()
        if isinstance(text, str):
            return cls(en=text)
        if isinstance(text, TextInLanguages):
            return cls(en=text.en, gd=text.gd)
        if not isinstance(text, Mapping):
            raise TypeError(f"a text in languages is made from a string or a mapping, not {type(text).__name__}")
        for language, words in text.items():
            if language not in Language.values:
                raise ValueError(f"unknown language {language!r}: texts are kept in {', '.join(Language.values)}")
            if not isinstance(words, str):
                raise TypeError(f"the text in {language!r} is {type(words).__name__}, not a string")
        return cls(**text)

    def in_language(self, language: str | None) -> Wording:
        """The text in this language ("gd", "en-gb"), or else in English, or else in whatever there is."""
        wanted = subtag(language)
        for candidate in (wanted, SOURCE_LANGUAGE.value, *Language.values):
            words: str = getattr(self, candidate, "")
            if words:
                return Wording(words, candidate, candidate != wanted)
        return Wording("", wanted, False)

    def as_mapping(self) -> dict[str, str]:
        """The languages that are written, as JSON keeps them."""
        return {language: words for language in Language.values if (words := getattr(self, language))}

    def __bool__(self) -> bool:
        return bool(self.en or self.gd)

    def __str__(self) -> str:
        return self.in_language(get_language()).text

    def __html__(self) -> SafeString:
        return self.in_language(get_language()).__html__()
