import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Value
from django.db.models.fields.json import KeyTransform
from django.test.utils import isolate_apps

from reachin.groundwork.languages.fields import TextInLanguagesField
from reachin.groundwork.languages.text import TextInLanguages

BOTH = TextInLanguages(en="Help at home", gd="Cuideachadh aig an taigh")


def kept(value: Any) -> Any:
    """What is sent to the database, as JSON."""
    prepared: Any = TextInLanguagesField().get_db_prep_save(value, connection)
    return json.loads(prepared.dumps(prepared.obj)) if hasattr(prepared, "dumps") and prepared.dumps else prepared.obj


def read(raw: str | None) -> Any:
    return TextInLanguagesField().from_db_value(raw, KeyTransform("en", "name"), connection)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (BOTH, {"en": "Help at home", "gd": "Cuideachadh aig an taigh"}),
        ("Help", {"en": "Help"}),
        ({"gd": "Cuideachadh"}, {"gd": "Cuideachadh"}),
        (TextInLanguages(), {}),
    ],
)
def test_it_is_kept_as_an_object_of_the_written_languages(value: Any, expected: Any) -> None:
    assert kept(value) == expected


def test_it_comes_back_as_a_text_in_languages() -> None:
    field = TextInLanguagesField()
    whole = Value(None)
    assert field.from_db_value('{"en": "Help at home", "gd": "Cuideachadh aig an taigh"}', whole, connection) == BOTH
    assert field.from_db_value(None, whole, connection) == TextInLanguages()
    assert field.to_python("Help") == TextInLanguages(en="Help")
    assert field.get_default() == TextInLanguages()


with isolate_apps("reachin.groundwork.languages"):

    class Leaflet(models.Model):
        title = TextInLanguagesField()

        class Meta:
            app_label = "languages"

        def __str__(self) -> str:
            return str(self.title)


def test_plain_text_given_to_a_model_is_a_text_in_languages_at_once() -> None:
    leaflet = Leaflet(title="Help")
    assert leaflet.title == TextInLanguages(en="Help")
    leaflet.title = {"gd": "Cuideachadh"}
    assert leaflet.title.in_language("gd").text == "Cuideachadh"
    assert Leaflet().title == TextInLanguages()


def test_one_language_can_be_filtered_by() -> None:
    sql, parameters = models.QuerySet(Leaflet).filter(title__en="Help").values("id").query.sql_with_params()
    assert "-> %s) = %s" in sql.replace("::text", "")
    assert "Help" in [getattr(parameter, "obj", parameter) for parameter in parameters]


def test_a_key_of_it_can_be_asked_for_by_itself() -> None:
    assert read('"Help"') == "Help"


def test_what_is_no_text_is_a_validation_error() -> None:
    with pytest.raises(ValidationError):
        TextInLanguagesField().to_python({"fr": "Aide"})


def test_a_migration_can_write_it_down() -> None:
    _name, path, _args, kwargs = TextInLanguagesField().deconstruct()
    assert path == "reachin.groundwork.languages.fields.TextInLanguagesField"
    assert kwargs == {"default": TextInLanguages}
