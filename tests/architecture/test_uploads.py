"""Nothing is uploaded here. Whoever takes a file in would have to keep, scan, seal and guard it, and does that in a room of its own.

GUARDED names the rooms that do: there is none. A room that is written there has to show, in a decision record, how it guards a file.
"""

import ast
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client

from tests.architecture import house

GUARDED: frozenset[str] = frozenset()
"""Folders below reachin/ (such as "groundwork/guarded_files") that may take in and keep files."""
REFUSES = house.PRODUCT / "groundwork" / "page_parts" / "reading_fields.py"
"""Draws fields, and says no to one that takes a file."""
FIELDS = ("FileField", "ImageField", "FilePathField", "MultipleFileField", "FileInput", "ClearableFileInput")
STORES = ("FILES", "default_storage", "FileSystemStorage", "UploadedFile", "SimpleUploadedFile", "FileResponse", "chunks")
SHOWN_AS = ('type="file"', "type=file", "multipart/form-data")


def uploads(source: str) -> Iterator[tuple[int, str]]:
    """The lines on which Python takes in or keeps somebody's file, with what it uses."""
    for node in ast.walk(ast.parse(source)):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        name = node.name if isinstance(node, ast.alias) else name
        if name.rpartition(".")[2] in FIELDS + STORES:
            yield getattr(node, "lineno", 0), name


def _sources() -> list[Path]:
    guarded = [house.PRODUCT / room for room in GUARDED]
    return [path for path in house.PRODUCT.rglob("*.py") if path != REFUSES and not any(path.is_relative_to(room) for room in guarded)]


def test_nobody_takes_a_file_in_outside_a_room_that_guards_it() -> None:
    found = [f"{path.relative_to(house.PRODUCT)}:{line}: {what}" for path in _sources() for line, what in uploads(path.read_text("utf-8"))]
    assert found == []


def test_no_form_of_a_page_sends_a_file() -> None:
    pages = [path for path in house.PRODUCT.rglob("*.html") if any(words in path.read_text("utf-8") for words in SHOWN_AS)]
    assert pages == []


def test_no_field_of_a_model_or_form_is_a_file() -> None:
    kept = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField | models.FilePathField)
    ]
    assert kept == []
    asked = [f"{form.__name__}.{name}" for form in _forms(forms.Form) for name, field in form.base_fields.items() if _is_file(field)]
    assert asked == []


def _is_file(field: forms.Field) -> bool:
    return isinstance(field, forms.FileField | forms.FilePathField)


def _forms(form: type[forms.Form]) -> Iterator[type[forms.Form]]:
    for one in form.__subclasses__():
        yield one
        yield from _forms(one)


def test_a_body_with_a_file_in_it_is_refused_at_the_door(db: None) -> None:
    sent = {"who": "parent", "scan": SimpleUploadedFile("scan.pdf", b"%PDF")}
    assert Client().post("/ask/", sent).status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "source",
    [
        "class Letter(models.Model):\n    scan = models.FileField()",
        "from django.forms import ImageField\nphoto = ImageField()",
        "def view(request):\n    return request.FILES['scan']",
        "from django.core.files.storage import default_storage",
        "import django.core.files.uploadedfile as files\nfiles.UploadedFile",
    ],
)
def test_each_way_of_taking_in_a_file_is_found(source: str) -> None:
    assert list(uploads(source))
