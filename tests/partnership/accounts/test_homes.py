"""Where staff live: said by themselves or their agency, kept as a digest, forgotten on asking."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.homes import NoPostcode, forget_home, say_home
from reachin.partnership.accounts.models import Account, StaffHome
from reachin.partnership.places.homes import home_digest
from tests import cast

from .proving import as_they

pytestmark = pytest.mark.usefixtures("db")
STREET = "PA34 4AA"


def guardian(name: str = "Ruth Imrie") -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), name)


def said(account: Account, by: Account, words: str = STREET) -> None:
    with as_they(by) as moment:
        say_home(account, words, by=by, now=moment)


def forgotten(account: Account, by: Account) -> None:
    with as_they(by) as moment:
        forget_home(account, by=by, now=moment)


@pytest.mark.parametrize("words", [STREET, "pa34 4aa", "PA344AA", "12 Shore Road, Oban, pa34  4aa"])
def test_one_street_has_one_digest_however_it_is_written(words: str) -> None:
    assert home_digest(words) == home_digest(STREET) != home_digest("PA34 4AB")


@pytest.mark.parametrize("words", ["", "Oban", "PA34", "12 Shore Road"])
def test_without_a_whole_postcode_there_is_nothing_to_compare(words: str) -> None:
    assert home_digest(words) is None
    with pytest.raises(NoPostcode):
        said(cast.hub_worker(), cast.hub_worker(), words)


def test_what_is_kept_does_not_hold_the_postcode() -> None:
    who = cast.hub_worker()
    said(who, who)
    with connection.cursor() as cursor:
        cursor.execute("select h::text, encode(postcode_digest, 'escape') from accounts_staffhome h")
        [told] = cursor.fetchall()
    assert len(StaffHome.objects.get().postcode_digest) == 32
    assert not any("PA34" in str(one).upper() for one in told)


def test_they_say_it_change_it_and_take_it_back() -> None:
    who = cast.hub_worker()
    said(who, who)
    said(who, who, "PA34 4AB")
    assert bytes(StaffHome.objects.get().postcode_digest) == home_digest("PA34 4AB")
    forgotten(who, who)
    forgotten(who, who)
    assert not StaffHome.objects.exists()


def test_what_the_agency_said_only_the_agency_changes() -> None:
    who = cast.hub_worker()
    said(who, guardian())
    with pytest.raises(PermissionDenied):
        said(who, who, "PA34 4AB")
    with pytest.raises(PermissionDenied):
        forgotten(who, who)
    forgotten(who, guardian())
    said(who, who)


@pytest.mark.parametrize("somebody", [cast.second_hub_worker, cast.teacher])
def test_nobody_else_says_it(somebody: Callable[[], Account]) -> None:
    with pytest.raises(PermissionDenied):
        said(cast.hub_worker(), somebody())
    with pytest.raises(PermissionDenied):
        said(cast.teacher(), guardian())


def test_on_ones_own_page_it_is_said_and_never_shown() -> None:
    client, where = cast.signed_in(cast.hub_worker()), reverse("practitioner:own_home")
    wrong = client.post(where, {"postcode": "Oban"})
    assert wrong.status_code == 422
    assert "Write a whole postcode" in wrong.content.decode()
    assert client.post(where, {"postcode": STREET}).status_code == 302
    page = client.get(where).content.decode()
    assert "Kept since" in page
    assert STREET not in page.replace("For example, PA34 4AA.", "")
    assert client.post(where, {"forget": "yes"}).status_code == 302
    assert not StaffHome.objects.exists()


def test_a_guardian_says_it_for_their_own_staff_and_these_see_that_it_was_said() -> None:
    who, client = cast.hub_worker(), cast.signed_in(guardian())
    assert client.post(reverse("guardian:account_home", args=[who.id]), {"postcode": "PA34 4AB"}).status_code == 302
    own = cast.signed_in(who)
    assert "Your organisation said it" in own.get(reverse("practitioner:own_home")).content.decode()
    assert own.post(reverse("practitioner:own_home"), {"forget": "yes"}).status_code == 409
    assert StaffHome.objects.exists()
    assert client.get(reverse("guardian:account_home", args=[cast.teacher().id])).status_code == 404
