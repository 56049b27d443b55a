"""Every place that points at a person is in the register: what joining, a copy for them and erasure do there is decided, not forgotten."""

import inspect
import re
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from psycopg import sql

from reachin.families.people.models import Person, PersonAlias
from reachin.families.people.register import OnMerge, all_keys, keys_that, nothing
from tests import cast
from workshop.servers import Connection

THEMSELVES = {"people_person.id", "people_personalias.id"}


def pointing() -> set[str]:
    """Every column of every model that points at a person or at an alias, as `table.column`."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            target = field.remote_field.model if field.remote_field else None
            if target in (Person, PersonAlias):
                found.add(f"{model._meta.db_table}.{getattr(field, 'column', field.name)}")
    return found


def without_handler(registered: Iterable[str]) -> list[str]:
    return sorted(pointing() - set(registered))


def test_every_key_to_a_person_has_a_handler() -> None:
    assert without_handler(key.name for key in all_keys()) == []


def test_a_key_without_a_handler_is_found() -> None:
    for forgotten in pointing():
        assert without_handler(key.name for key in all_keys() if key.name != forgotten) == [forgotten]


def test_every_handler_says_why() -> None:
    assert [key.name for key in all_keys() if not key.because.strip()] == []


def test_what_is_registered_is_there(admin: Connection) -> None:
    for key in all_keys():
        row = admin.execute("select 1 from pg_attribute where attrelid = %s::regclass and attname = %s", [key.table, key.column]).fetchone()
        assert row, f"{key.name} does not exist"


def test_the_database_moves_what_the_register_says_and_nothing_else(admin: Connection) -> None:
    moved = {name for (name,) in admin.execute("select name from reachin.moving_key")}
    assert moved == {key.name for key in keys_that(OnMerge.MOVES)} != set()


def test_no_other_column_holds_the_id_of_a_person(db: None, admin: Connection) -> None:
    """Looked for in every row that a family's way through the house leaves: a column without a foreign key may hold one too."""
    cast.completed_referral(request_for_assistance=cast.danger_request(blocked_agencies=[str(cast.health().id)]))
    people = {str(found) for (found,) in admin.execute("select id from people_person union select id from people_personalias")}
    assert len(people) == 4
    holding = columns_holding(admin, people)
    assert "reachin.opening.people" in holding, "this looks at nothing"
    assert holding - THEMSELVES - {key.name for key in all_keys()} == set()


def columns_holding(admin: Connection, ids: set[str]) -> set[str]:
    """Every `table.column` in which one of these ids turns up."""
    tables = admin.execute(
        "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind = 'r' and n.nspname in ('public', 'reachin')"
    ).fetchall()
    found = set()
    for place, table in tables:
        rows = admin.execute(sql.SQL("select to_jsonb(t) from {}.{} t").format(sql.Identifier(place), sql.Identifier(table)))
        name = table if place == "public" else f"{place}.{table}"
        found |= {f"{name}.{column}" for (row,) in rows for column, value in row.items() if _holds(value, ids)}
    return found


def _holds(value: Any, ids: set[str]) -> bool:
    return any(one in str(value) for one in ids) if isinstance(value, str | list | dict) else False


# A copy

ROOMS_ABOUT_PEOPLE = (
    *("people", "information_sharing", "own_accounts", "record_linkage", "information_requests", "retention"),
    *("requests_for_assistance", "referrals", "notices"),
)
NOT_IN_A_COPY = {
    "people.Person": "who answers for the record stands beside every entry",
    "people.PersonAlias": "it only points, and says nothing",
    "information_sharing.SharingAgreement": "what agencies agreed on; no word of families",
    "information_sharing.AgreementParty": "what agencies agreed on; no word of families",
    "record_linkage.Pair": "that two records were compared by a machine says nothing of a person; that they were joined, a merge says",
    "record_linkage.Moved": "which rows went where, to part two records again; no words",
    "information_requests.InformationWords": "gathered with what was asked; the answer, they have",
    "information_requests.CopyEntry": "the copy itself, which they have",
    "information_requests.ErasureEntry": "the answer to an erasure, which they have",
    "information_requests.Correction": "the answer to a correction, which they have",
    "information_requests.PartnerNotice": "the answer to a correction, which they have",
    "retention.DestructionReview": "what is to be destroyed and when, by id; no words of the person",
    "retention.LegalHold": "it may tell of an inquiry; a second person looks at the record by hand",
    "requests_for_assistance.DraftRequest": "nobody but its writer can open it before it is sent, and it goes of itself",
    "requests_for_assistance.WayIn": "digests only: what is typed is nowhere kept",
    "requests_for_assistance.WayInTry": "digests only, for a quarter of an hour",
    "requests_for_assistance.RequestMove": "stages and days, which their page shows",
    "requests_for_assistance.Quarantine": "that a request looked automatic was decided by a person; their page shows the outcome",
    "referrals.ReferralMove": "states and days, which their page shows",
}


def about_people() -> dict[str, Any]:
    """Every model of the rooms that hold something about people, by `room.Model`."""
    found = [model for model in apps.get_models() if model._meta.app_label in ROOMS_ABOUT_PEOPLE]
    return {f"{model._meta.app_label}.{model.__name__}": model for model in found}


def gathered() -> set[str]:
    """The models that some gatherer of the register reads."""
    read: set[str] = set()
    for name in about_people():
        sources = {inspect.getmodule(key.gather) for key in all_keys() if key.gather is not nothing}
        words = {word for module in sources if module for word in re.findall(r"\b[A-Z]\w+\b", inspect.getsource(module).split("KEYS =")[0])}
        read |= {name} if name.split(".")[1] in words else set()
    return read


def test_every_table_about_people_is_gathered_for_a_copy_or_says_why_not() -> None:
    assert sorted(set(about_people()) - gathered() - set(NOT_IN_A_COPY)) == []
    assert sorted(set(NOT_IN_A_COPY) - set(about_people())) == [], "it is there no more"
    assert [name for name, why in NOT_IN_A_COPY.items() if not why.strip()] == []


def test_a_table_that_nobody_thought_of_is_found() -> None:
    of_requests = {f"requests_for_assistance.{name}" for name in ("ContactAttempt", "DangerAlert", "RequestNote")}
    others = {"referrals.ReferralNote", "information_sharing.EmergencyAccess", "notices.Message"}
    assert of_requests | others <= gathered()
    assert not (of_requests | others) & set(NOT_IN_A_COPY)
