from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from reachin.partnership.accounts import sessions
from reachin.partnership.accounts.enums import Means
from reachin.partnership.accounts.models import Account, FactorTry, StaffSession
from reachin.partnership.accounts.rules import to_the_hour
from tests import cast

from .proving import as_they

pytestmark = pytest.mark.usefixtures("db")


def begin(who: Account, key: str, *, ends_in: timedelta = timedelta(hours=8)) -> StaffSession:
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + ends_in)
    with as_they(who) as moment:
        return sessions.begin_session(who, by=who, key=key, means=Means.PASSWORD, user_agent="Firefox/1 Linux", now=moment)


def test_a_session_is_listed_with_device_means_and_hour_and_no_address() -> None:
    begun = begin(cast.teacher(), "one")
    assert (begun.device, begun.means, begun.last_used_at) == ("Firefox, Linux", "password", to_the_hour(begun.began_at))
    names = {field.name for field in StaffSession._meta.concrete_fields}
    assert names == {"id", "account", "key", "means", "device", "began_at", "last_used_at"}


def test_a_use_is_kept_once_an_hour() -> None:
    begun = begin(cast.teacher(), "one")
    later = begun.began_at + timedelta(hours=1, minutes=7)
    sessions.use_session("one", now=later)
    sessions.use_session("one", now=begun.began_at)
    begun.refresh_from_db()
    assert begun.last_used_at == to_the_hour(later)


def test_what_is_over_is_forgotten_as_the_next_one_begins() -> None:
    who = cast.teacher()
    begin(who, "over", ends_in=-timedelta(seconds=1))
    FactorTry.objects.create(account=who, tried_at=timezone.now() - timedelta(days=2))
    assert list(sessions.sessions_of(who)) == []
    begin(who, "next")
    assert list(StaffSession.objects.values_list("key", flat=True)) == ["next"]
    assert not FactorTry.objects.exists()


def test_every_hour_what_has_served_is_forgotten_network_addresses_too() -> None:
    who, moment = cast.teacher(), timezone.now()
    begin(who, "over", ends_in=-timedelta(seconds=1))
    begin(cast.desk_worker(), "running")
    for ago in (timedelta(minutes=10), timedelta(minutes=16)):
        knock = AccessAttempt.objects.create(username=str(ago), ip_address="203.0.113.7", failures_since_start=1)
        AccessAttempt.objects.filter(id=knock.id).update(attempt_time=moment - ago)
    for ago in (timedelta(hours=1), timedelta(hours=25)):
        FactorTry.objects.create(account=who, tried_at=moment - ago)
    with as_they(who) as now:
        assert sessions.forget_ended(now) == 3
    assert list(StaffSession.objects.values_list("key", flat=True)) == ["running"]
    assert AccessAttempt.objects.count() == FactorTry.objects.count() == 1
    assert "reachin.partnership.accounts.sessions.forget_ended" in settings.CLEARED_HOURLY


def test_others_end_and_this_one_goes_on() -> None:
    who, colleague = cast.teacher(), cast.desk_worker()
    for key in ("here", "there", "elsewhere"):
        begin(who, key)
    begin(colleague, "hers")
    with as_they(who) as moment:
        assert sessions.end_other_sessions(who, by=who, but="here", now=moment).session_round == 1
    assert set(Session.objects.values_list("session_key", flat=True)) == {"here", "hers"}
    assert set(StaffSession.objects.values_list("key", flat=True)) == {"here", "hers"}


def test_nobody_begins_ends_or_leaves_the_session_of_another() -> None:
    who, other = cast.teacher(), cast.desk_worker()
    begun = begin(who, "one")
    with as_they(other) as moment:
        for act in (
            lambda: sessions.begin_session(who, by=other, key="two", means=Means.PASSWORD, user_agent="", now=moment),
            lambda: sessions.end_session(begun, by=other, now=moment),
            lambda: sessions.end_other_sessions(who, by=other, but="", now=moment),
            lambda: sessions.leave(who, by=other, key="one", now=moment),
            lambda: sessions.change_means(who, by=other, key="one", means=Means.PASSKEY),
        ):
            with pytest.raises(PermissionDenied):
                act()
    assert Session.objects.count() == 1
