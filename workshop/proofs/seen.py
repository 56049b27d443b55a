"""All that somebody is given of a page: what no eye sees in its source too, its headers and file name, and every part of a packed file."""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from django.test import Client

    from tests.access_matrix import Row

PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
ANY_WORD = "story"
"""For the parts of an address that are words and not ids."""


def text_of(answer: Any) -> str:
    """Everything that an answer gives away, as one text: headers with file names, and every part of its body."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return "\n".join([str(answer.headers), *parts_of(body)])


def parts_of(body: bytes) -> Iterator[str]:
    """The texts in a body: of a ZIP (so of XLSX, DOCX and ODS: every sheet, hidden ones too, comments and properties) each part by name."""
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield name
                yield from parts_of(packed.read(name))
    elif body.startswith(b"\x1f\x8b"):
        yield from parts_of(gzip.decompress(body))
    elif body.startswith(b"%PDF"):
        yield body.decode("latin-1")
        yield from (_inflated(stream) for stream in PDF_STREAM.findall(body))
    else:
        yield body.decode(errors="replace")


def _inflated(stream: bytes) -> str:
    try:
        return zlib.decompress(stream).decode("latin-1")
    except zlib.error:
        return ""


def found(text: str, words: Iterable[str]) -> list[str]:
    """Those of the words that stand in the text."""
    return [word for word in words if word in text]


def addresses(ids: Mapping[str, Sequence[UUID]]) -> Iterator[tuple[str, "Row", str]]:
    """Every address that there is but those of the demonstration, with every id of a story in its place: name, row of the matrix, path.

    `ids` holds them by the word that stands for them in addresses; for a word without any the address has an id that is nobody's.
    """
    from django.urls import reverse

    from reachin.groundwork.ids import new_id
    from tests.access_matrix import MATRIX
    from tests.architecture.test_access_matrix import FOUND

    for name, pattern in FOUND.items():
        words = list(pattern.pattern.converters)
        for chosen in product(*(ids.get(word) or [new_id()] for word in words)):
            kwargs = {word: ANY_WORD if word in ("slug", "section") else one for word, one in zip(words, chosen, strict=True)}
            if MATRIX[name].audience != "demo":
                yield name, MATRIX[name], reverse(name, kwargs=kwargs)


def crawl(client: "Client", ids: Mapping[str, Sequence[UUID]], among: Collection[str] = ()) -> Iterator[tuple[str, str, int, str]]:
    """Each address (or those of these names) asked by this browser: its name, path, status, and everything that the answer gives away."""
    client.raise_request_exception = False
    for name, _row, path in addresses(ids):
        if name in ENDS_THE_VISIT or (among and name not in among):
            continue
        answer: Any = client.get(path)
        yield name, path, answer.status_code, text_of(answer)


ENDS_THE_VISIT = ("public:hide",)
"""Hiding the page ends the session: whoever looks on afterwards would see nothing."""
