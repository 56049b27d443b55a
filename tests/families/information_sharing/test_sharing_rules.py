from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose, SpecialCondition
from reachin.families.information_sharing.rules import (
    LONGEST_AGREEMENT,
    PUBLIC_BODIES,
    SevenThings,
    agreement_troubles,
    bases_of,
    may_be_ended_by_the_person,
    needs_special_condition,
    troubles,
)
from reachin.partnership.agencies.enums import AgencyKind

WHOLE = SevenThings(
    decision=Decision.SHARE,
    purpose=Purpose.SUPPORT,
    categories=(Category.STORY,),
    why="w",
    views="v",
    necessity="n",
    informed=Informed.TOLD,
    basis=Basis.PUBLIC_TASK,
)
PROTECTING = replace(WHOLE, purpose=Purpose.PROTECTION, beats_block=True)


@pytest.mark.parametrize(
    ("things", "kind", "found"),
    [
        (WHOLE, AgencyKind.HUB, {}),
        (replace(WHOLE, why=" "), AgencyKind.HUB, {"why": "missing"}),
        (replace(WHOLE, views="", necessity=""), AgencyKind.HUB, {"views": "missing", "necessity": "missing"}),
        (replace(WHOLE, categories=()), AgencyKind.HUB, {"categories": "missing"}),
        (WHOLE, AgencyKind.CHARITY, {"basis": "not_this_basis"}),
        (replace(WHOLE, basis=Basis.LEGITIMATE_INTERESTS), AgencyKind.CHARITY, {}),
        (replace(WHOLE, categories=(Category.HEALTH,)), AgencyKind.HUB, {"special_condition": "needs_special_condition"}),
        (replace(WHOLE, categories=(Category.HEALTH,), special_condition=SpecialCondition.SAFEGUARDING), AgencyKind.HUB, {}),
        (replace(WHOLE, informed=Informed.NOT_TOLD), AgencyKind.HUB, {"not_told_why": "missing"}),
        (replace(WHOLE, informed=Informed.NOT_TOLD, not_told_why="x"), AgencyKind.HUB, {}),
        (replace(WHOLE, not_told_why="x"), AgencyKind.HUB, {"not_told_why": "not_needed"}),
        (replace(WHOLE, informed=Informed.AGREED), AgencyKind.HUB, {"informed": "asked_means_consent"}),
        (replace(WHOLE, basis=Basis.CONSENT), AgencyKind.HUB, {"informed": "consent_is_asked"}),
        (replace(WHOLE, basis=Basis.CONSENT, informed=Informed.REFUSED), AgencyKind.HUB, {"informed": "refused"}),
        (replace(WHOLE, basis=Basis.CONSENT, informed=Informed.AGREED), AgencyKind.HUB, {}),
        (replace(WHOLE, informed=Informed.REFUSED), AgencyKind.HUB, {}),
        (replace(WHOLE, decision=Decision.NOT_SHARE, basis=Basis.CONSENT, informed=Informed.REFUSED), AgencyKind.HUB, {}),
        (PROTECTING, AgencyKind.SOCIAL_WORK, {}),
        (replace(PROTECTING, purpose=Purpose.SUPPORT), AgencyKind.SOCIAL_WORK, {"beats_block": "cannot_beat"}),
        (replace(PROTECTING, basis=Basis.CONSENT, informed=Informed.AGREED), AgencyKind.SOCIAL_WORK, {"beats_block": "cannot_beat"}),
    ],
)
def test_what_a_decision_lacks(things: SevenThings, kind: AgencyKind, found: dict[str, str]) -> None:
    assert troubles(things, kind=kind) == found


@pytest.mark.parametrize("kind", AgencyKind)
def test_only_public_bodies_have_a_public_task(kind: AgencyKind) -> None:
    assert (Basis.PUBLIC_TASK in bases_of(kind)) is (kind in PUBLIC_BODIES)
    assert bases_of(kind) | {Basis.PUBLIC_TASK} == set(Basis)


@pytest.mark.parametrize(("category", "needs"), [(category, category in {"health", "adults_matters", "safety"}) for category in Category])
def test_words_that_article_nine_protects_need_a_condition(category: Category, needs: bool) -> None:
    assert needs_special_condition([category]) is needs


@pytest.mark.parametrize("basis", Basis)
def test_a_person_ends_what_they_agreed_to(basis: Basis) -> None:
    assert may_be_ended_by_the_person(basis) is (basis == Basis.CONSENT)


@dataclass(frozen=True)
class Terms:
    categories: tuple[str, ...] = ("story",)
    special_condition: str = ""
    starts_on: date = date(2026, 11, 1)
    expires_on: date = date(2027, 11, 1)
    why: str = "w"
    necessity: str = "n"
    schedule: str = "s"


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (Terms(), {}),
        (Terms(why=" ", schedule=""), {"why": "missing", "schedule": "missing"}),
        (Terms(necessity=""), {"necessity": "missing"}),
        (Terms(categories=()), {"categories": "missing"}),
        (Terms(categories=("safety",)), {"special_condition": "needs_special_condition"}),
        (Terms(categories=("safety",), special_condition="safeguarding"), {}),
        (Terms(expires_on=date(2026, 10, 31)), {"expires_on": "ends_before_it_starts"}),
        (Terms(expires_on=date(2026, 11, 1)), {}),
        (Terms(expires_on=date(2026, 11, 1) + LONGEST_AGREEMENT), {}),
        (Terms(expires_on=date(2026, 11, 1) + LONGEST_AGREEMENT + timedelta(days=1)), {"expires_on": "too_long"}),
    ],
)
def test_what_an_agreement_lacks(terms: Terms, found: dict[str, str]) -> None:
    assert agreement_troubles(terms) == found
