"""The cast stands where it says."""

from reachin.access.referrals.enums import ReferralState
from reachin.access.requests_for_assistance.actions import told_so_far
from reachin.access.requests_for_assistance.enums import Stage
from reachin.access.requests_for_assistance.models import DangerAlert, RequestForAssistance
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.permissions.enums import Role
from tests import cast


def test_requests_are_at_the_stage_that_their_name_says(db: None) -> None:
    assert cast.family_request().stage == Stage.READY_FOR_TRIAGE
    assert cast.call_list_request().stage == Stage.TO_BE_CONTACTED
    assert cast.young_persons_request().stage == Stage.READY_FOR_TRIAGE
    assert cast.practitioner_request().stage == Stage.READY_FOR_TRIAGE
    assert cast.returned_request().stage == Stage.RETURNED
    assert cast.keyed_request().channel == "paper"
    assert cast.discussed_request().stage == Stage.IN_DISCUSSION
    assert cast.closed_request().stage == Stage.CLOSED


def test_danger_is_at_the_duty_desk(db: None) -> None:
    told = cast.danger_request()
    with acting(cast.duty_worker().actor()):
        assert DangerAlert.objects.filter(request_for_assistance=told).count() == 1


def test_referrals_are_in_the_state_that_their_name_says(db: None) -> None:
    assert cast.sent_referral().state == ReferralState.SENT
    assert cast.accepted_referral().state == ReferralState.ACCEPTED
    assert cast.declined_referral().state == ReferralState.DECLINED
    assert cast.started_referral().state == ReferralState.IN_PROGRESS
    assert cast.completed_referral().state == ReferralState.COMPLETED


def test_every_role_is_there_once_and_a_stranger(db: None) -> None:
    assert [account.role for account in cast.everyone()] == [*Role.values, Role.SUPPORT_WORKER]


def test_the_family_and_the_hub_read_what_was_told_and_a_stranger_does_not(db: None) -> None:
    asked = cast.family_request()
    with cast.as_family(asked):
        assert told_so_far(asked)["people"][1]["known_as"] == "Tam"
    with cast.opened(cast.hub_worker(), asked):
        assert told_so_far(asked)["story"] == cast.FAMILY_ANSWERS["story"]
    assert not cast.may_open(cast.stranger(), "request", asked.id)
    with acting(cast.stranger().actor()):
        assert not RequestForAssistance.objects.exists()


def test_browsers_are_where_they_say(db: None) -> None:
    asked = cast.family_request()
    assert cast.came_in(asked).session["own_scope"] == str(asked.id)
    assert cast.signed_in(cast.hub_worker()).session["_auth_user_id"] == str(cast.hub_worker().id)
