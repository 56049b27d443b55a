from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.utils import IntegrityError

from reachin.families.information_sharing.actions import add_to_circle, block, end_sharing
from reachin.families.information_sharing.enums import Basis, Category, Purpose
from reachin.families.information_sharing.models import Block, CircleEntry
from reachin.groundwork.audited_access.models import AuditEvent
from tests import cast

SUPPORT = Purpose.SUPPORT


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def somebody() -> tuple[Any, UUID]:
    """A request with one person, and that person."""
    made = cast.family_request(people=None)
    return made, owned(CircleEntry).get().person_id


def test_an_entry_says_who_sees_what_for_what_on_which_basis_and_who_recorded_it(db: None) -> None:
    made, person = somebody()
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        kinds = [Category.STORY, Category.CONTACT]
        until = now + timedelta(days=90)
        add_to_circle(person, cast.charity(), by=worker.id, purpose=SUPPORT, categories=kinds, basis=Basis.CONSENT, now=now, until=until)
    entry = owned(CircleEntry).get(agency=cast.charity())
    assert (entry.categories, entry.purpose, entry.basis, entry.recorded_by) == (["contact", "story"], "support", "consent", worker.id)
    assert entry.until - entry.starts_at == timedelta(days=90)
    assert owned(AuditEvent).filter(event="circle.extended", user_id=worker.id).get().fields == ["contact", "story"]


def test_ending_acts_at_once_and_only_for_that_agency_and_purpose(db: None) -> None:
    made, person = somebody()
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        for agency, purpose in ((cast.charity(), Purpose.SUPPORT), (cast.charity(), Purpose.PROTECTION), (cast.school(), Purpose.SUPPORT)):
            add_to_circle(person, agency, by=worker.id, purpose=purpose, categories=[Category.STORY], basis=Basis.PUBLIC_TASK, now=now)
        assert end_sharing([person], cast.charity().id, purpose=Purpose.SUPPORT, by=worker.id, now=now) == 1
        assert end_sharing([person], cast.charity().id, purpose=Purpose.SUPPORT, by=worker.id, now=now) == 0
    live = owned(CircleEntry).filter(ended_at=None).exclude(agency=cast.hub())
    assert {(entry.agency.slug, entry.purpose) for entry in live} == {(cast.charity().slug, "protection"), (cast.school().slug, "support")}
    assert owned(CircleEntry).exclude(ended_at=None).get().ended_by == worker.id


def test_a_block_in_force_is_said_once_and_can_be_said_again_after_it_was_lifted(db: None) -> None:
    made, person = somebody()
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        block(person, cast.charity(), by=worker.id, now=now)
        assert Block.objects.against([person], cast.charity().id).count() == 1
        assert not Block.objects.against([person], cast.school().id).exists()
    with pytest.raises(IntegrityError, match="block_once"), cast.opened(worker, made) as now:
        block(person, cast.charity(), by=worker.id, now=now)
    with cast.opened(worker, made) as now:
        Block.objects.update(lifted_at=now, lifted_by=worker.id)
        assert not Block.objects.against([person], cast.charity().id).exists()
        block(person, cast.charity(), by=worker.id, now=now)
    assert owned(Block).count() == 2


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"purpose": "curiosity"}, "circle_purpose_known"),
        ({"basis": "child_protection"}, "circle_basis_known"),
        ({"categories": ["everything"]}, "circle_categories_known"),
        ({"ended_by": UUID(int=1)}, "circle_ended_by_somebody"),
    ],
)
def test_the_database_refuses_a_share_without_a_known_purpose_basis_and_kind(db: None, fields: dict[str, Any], name: str) -> None:
    somebody()
    with pytest.raises(IntegrityError, match=name):
        owned(CircleEntry).update(**fields)


def test_a_purpose_is_not_a_lawful_basis() -> None:
    assert not set(Purpose.values) & set(Basis.values)
