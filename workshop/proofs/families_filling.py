"""Fills the database that the environment names with the invented partnership, staff of every kind, and so many families with their lives.

Each family's words carry a word of its own: `wren000012` in the names of the twelfth, `heron000012` in everything else that it told.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from demo.generator import InventedFamily
    from reachin.partnership.accounts.models import Account
    from reachin.partnership.agencies.models import Agency

STAFF_SINCE = timedelta(days=4 * 365)
NAME_WORD, TOLD_WORD = "wren", "heron"
WRITTEN = (
    "story", "wishes", "not_wanted", "address", "through", "safe_times", "cover_name", "first_contact_name", "must_not_know", "language",
    "communication", "childs_view", "tried", "why_not_told", "reach_me",
)  # fmt: skip
CLOSING = "closed-club"
"""The agency that closes when everything is filled."""
EVERYWHERE = (
    "practitioner", "support_worker", "duty_worker", "hub_worker", "service_manager", "information_guardian", "data_officer",
)  # fmt: skip
"""Somebody of each of these roles is at every agency, whatever their agency is: what they see must not depend on that."""


def main(count: int, seed: int) -> None:
    """Prints how many families are stored, after each batch. Raises what the demo's filling raises."""
    django.setup()
    from demo.filling import fill
    from demo.partnership import load_partnership
    from workshop.proofs.families_lives import live

    now = datetime.now(UTC)
    partnership = load_partnership(since=now - STAFF_SINCE, now=now)
    add_staff(list(partnership.agencies.values()))
    fill(count, seed=seed, using="owner", now=now, changed=with_own_words, progress=lambda done, of: print(done, flush=True))
    live(seed, now)
    _end_some(now)


def word_of(kind: str, number: int) -> str:
    """The word of one family, of the kind NAME_WORD or TOLD_WORD."""
    return f"{kind}{number:06d}"


def with_own_words(family: "InventedFamily") -> "InventedFamily":
    """The same family with its own words in everything that it tells. Its place is left as it is, unless that is secret."""
    name, told = word_of(NAME_WORD, family.number), word_of(TOLD_WORD, family.number)
    answers: dict[str, Any] = {code: f"{words} {told}" if code in WRITTEN and words else words for code, words in family.answers.items()}
    answers["people"] = [{**person, "known_as": f"{person['known_as'] or 'Baby'} {name}"} for person in answers["people"]]
    if "your_name" in answers:
        answers["your_name"] = f"{answers['your_name']} {name}"
    if "place" in answers and family.has_secret_home():
        answers["place"] = f"{answers['place']} {told}"
    return replace(family, answers=answers)


def add_staff(agencies: "list[Agency]") -> None:
    """Staff of every role that policies name at every agency, of every other role at the first, and an agency that will close."""
    from demo.partnership import LOADER
    from reachin.groundwork.audited_access.context import acting
    from reachin.groundwork.permissions.enums import Role
    from reachin.partnership.agencies.models import Agency

    with acting(LOADER):
        closing = Agency.objects.create(slug=CLOSING, name="The Closed Club", kind="charity")
        first = min(agencies, key=lambda one: one.slug)
        for agency in [*agencies, closing]:
            for role in Role:
                if role in EVERYWHERE or agency == first:
                    _account(agency, role.value, "Nora Lind")
            for left in EVERYWHERE[:2]:
                _account(agency, left, "Left Long-Ago")


def _account(agency: "Agency", role: str, name: str) -> "Account":
    from reachin.partnership.accounts.models import Account

    email = f"{name.replace(' ', '.').casefold()}.{role}@{agency.slug}.example"
    return Account.objects.create(email=email, name=name, job_title=role, agency=agency, role=role, password="!")


def _end_some(now: datetime) -> None:
    """Accounts that were there while all this happened, and an agency, come to their end."""
    from demo.partnership import LOADER
    from reachin.groundwork.audited_access.context import acting
    from reachin.groundwork.ids import new_id
    from reachin.partnership.accounts.models import Account
    from reachin.partnership.agencies.models import Agency

    with acting(LOADER):
        Account.objects.filter(email__startswith="left.long-ago").update(is_active=False, ended_at=now, ended_by=new_id())
        Agency.objects.filter(slug=CLOSING).update(closed_at=now, closed_by=new_id())


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
