from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from .text import TextInLanguages


class AlwaysTextInLanguages(DeferredAttribute):
    """Plain text that is given to a model's attribute becomes a TextInLanguages at once, not only after a round to the database."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        is_text = value is None or isinstance(value, (str, dict, TextInLanguages))
        instance.__dict__[self.field.attname] = TextInLanguages.of(value) if is_text else value


class TextInLanguagesField(models.JSONField):
    """Keeps a TextInLanguages as a JSON object such as {"en": "Help at home", "gd": "Cuideachadh aig an taigh"}.

    Given plain text, keeps it as English. Never null: an unwritten text is the empty object. `name__en="..."` asks for one language.
    """

    description = "Text in several languages"
    descriptor_class = AlwaysTextInLanguages
    _pyi_private_set_type: Any
    _pyi_private_get_type: TextInLanguages
    _pyi_lookup_exact_type: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", TextInLanguages)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper) -> TextInLanguages | Any:
        told = super().from_db_value(value, expression, connection)
        return TextInLanguages.of(told) if told is None or isinstance(told, dict) else told

    def to_python(self, value: Any) -> TextInLanguages:
        try:
            return TextInLanguages.of(value)
        except (TypeError, ValueError) as error:
            raise ValidationError(_("This is not a text in English or Gaelic."), code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.as_mapping() if isinstance(value, TextInLanguages) else value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return super().get_db_prep_value(value if prepared else self.get_prep_value(value), connection, True)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        is_text = value is None or isinstance(value, (str, dict))
        return super().get_db_prep_save(TextInLanguages.of(value) if is_text else value, connection)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value.as_mapping() if isinstance(value, TextInLanguages) else value, model_instance)

    def value_to_string(self, obj: models.Model) -> Any:
        return self.value_from_object(obj).as_mapping()
