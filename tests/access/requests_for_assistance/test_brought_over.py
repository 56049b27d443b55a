"""What was kept before a rule existed is brought over to it by a migration."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connections

from reachin.access.requests_for_assistance.models import PlaceTold, RequestForAssistance, RequestPerson
from reachin.families.people.models import ProtectedHome
from tests import cast

homes = import_module("reachin.access.requests_for_assistance.migrations.0023_homes_brought_over")


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def bring_over() -> None:
    homes.bring_over(apps, SimpleNamespace(connection=connections["owner"]))


def as_before(**answers: Any) -> RequestForAssistance:
    """A request of the time when the answer alone said that home is a secret."""
    made = cast.family_request(**answers, home_is_secret="yes")
    owned(ProtectedHome).filter(person_id__in=people_of(made)).delete()
    owned(RequestForAssistance).filter(id=made.id).update(area_code="S12000035")
    return made


def marked() -> dict[Any, Any]:
    return dict(owned(ProtectedHome).values_list("person_id", "said_by"))


def people_of(made: RequestForAssistance) -> set[Any]:
    return set(owned(RequestPerson).filter(request_for_assistance=made).values_list("alias__person_id", flat=True))


def test_who_said_that_home_is_a_secret_before_there_were_marks_is_protected(db: None) -> None:
    made, other = as_before(), cast.family_request(home_is_secret="no")
    bring_over()
    assert marked() == dict.fromkeys(people_of(made), made.id)
    assert owned(RequestForAssistance).get(id=made.id).area_code == ""
    assert owned(PlaceTold).get(request_for_assistance=made).postcode_digest is None
    assert not people_of(other) & set(marked())
    bring_over()
    assert len(marked()) == len(people_of(made))


def test_what_was_lifted_since_is_not_brought_back(db: None) -> None:
    made = cast.family_request(home_is_secret="yes")
    owned(ProtectedHome).update(lifted_at=made.received_at, lifted_by=made.id)
    bring_over()
    assert not owned(ProtectedHome).filter(lifted_at=None).exists()


def test_whose_words_were_emptied_is_passed_over(db: None, admin: Any) -> None:
    made = as_before()
    admin.execute("update requests_for_assistance_safetytold set sealed = ''::bytea where request_for_assistance_id = %s", [made.id])
    bring_over()
    assert not marked()
