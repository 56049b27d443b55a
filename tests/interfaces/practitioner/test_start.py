import pytest

from reachin.groundwork.permissions.enums import Permission, Role
from reachin.groundwork.permissions.rules import may
from reachin.partnership.accounts.models import Account
from tests import cast

from .pages import go, queries_of, words

LINKS = {
    Permission.REQUEST_TRIAGE: "/hub/",
    Permission.REQUEST_SEND: "/work/requests/new/",
    Permission.REQUEST_KEY_IN: "/work/key-in/",
    Permission.REFERRAL_ANSWER: "/work/inbox/",
    Permission.REQUEST_ANSWER_ALERT: "/work/alerts/",
    Permission.DELAYS_SEE: "/hub/delays/",
}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sees_where_it_may_go_and_nothing_else(db: None, role: Role) -> None:
    page = go(cast.signed_in(cast.account(role, cast.social_work())), "start").content.decode()
    for permission, address in LINKS.items():
        assert (f'href="{address}"' in page) == may(role, permission), permission


def waiting(who: Account) -> str:
    return words(go(cast.signed_in(who), "start"))


def test_what_waits_is_counted_for_whom_it_waits(db: None) -> None:
    cast.returned_request()
    cast.practitioner_request()
    cast.danger_request()
    cast.accepted_referral()
    cast.sent_referral()
    assert "1 of your requests is back with you" in waiting(cast.teacher())
    assert "2 of your requests are going on" in waiting(cast.teacher())
    assert "0 of your requests are going on" in waiting(cast.health_visitor())
    assert "1 to be answered by your organisation" in waiting(cast.support_worker())
    assert "2 with your organisation in all" in waiting(cast.support_worker())
    assert "0 with your organisation in all" in waiting(cast.stranger())
    assert "1 alert that nobody took on" in waiting(cast.duty_worker())


def test_it_takes_the_same_queries_however_much_waits(db: None) -> None:
    client = cast.signed_in(cast.support_worker())
    few = queries_of(client, "start")
    for _ in range(3):
        cast.sent_referral()
        cast.practitioner_request(cast.support_worker())
    assert queries_of(client, "start") == few


def test_a_role_without_pages_is_told_so(db: None) -> None:
    assert "nothing here for your part yet" in waiting(cast.account(Role.INDEPENDENT_REVIEWER, cast.hub()))
