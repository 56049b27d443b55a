import pytest

from reachin.groundwork.permissions.enums import Permission, Role
from reachin.groundwork.permissions.rules import ROLES, may, roles_with

P = Permission
# Who may do what, as somebody would read it out; ROLES in the product has to agree, line by line.
TABLE: dict[str, set[Permission]] = {
    "practitioner": {
        P.REQUEST_SEND,
        P.REQUEST_KEY_IN,
        P.REFERRAL_ANSWER,
        P.CIRCLE_EXTEND,
        P.OWN_ACCOUNT_OFFER,
        P.RECORD_OPEN_IN_EMERGENCY,
        P.CONCERN_HAND_ON,
    },
    "desk_worker": {P.REQUEST_KEY_IN},
    "support_worker": {
        P.REQUEST_SEND,
        P.REQUEST_KEY_IN,
        P.REFERRAL_ANSWER,
        P.CIRCLE_EXTEND,
        P.OWN_ACCOUNT_OFFER,
        P.RECORD_OPEN_IN_EMERGENCY,
        P.CONCERN_HAND_ON,
    },
    "hub_worker": {
        P.REQUEST_SEND,
        P.REQUEST_KEY_IN,
        P.REQUEST_TRIAGE,
        P.REFERRAL_SEND,
        P.DELAYS_SEE,
        P.CIRCLE_EXTEND,
        P.BLOCK_OVERRULE,
        P.OWN_ACCOUNT_OFFER,
        P.RECORD_OPEN_IN_EMERGENCY,
        P.CONCERN_HAND_ON,
        P.RECORD_HOLD,
    },
    "duty_worker": {
        P.REQUEST_SEND,
        P.REQUEST_ANSWER_ALERT,
        P.REQUEST_TRIAGE,
        P.REFERRAL_SEND,
        P.REFERRAL_ANSWER,
        P.CIRCLE_EXTEND,
        P.BLOCK_OVERRULE,
        P.OWN_ACCOUNT_OFFER,
        P.RECORD_OPEN_IN_EMERGENCY,
        P.CONCERN_HAND_ON,
        P.RECORD_HOLD,
    },
    "service_manager": {P.REFERRAL_ANSWER},
    "data_officer": {P.PERSON_MERGE, P.RECORD_HOLD},
    "participation_officer": set(),
    "information_guardian": {
        P.SHARING_REVIEW,
        P.AGREEMENT_KEEP,
        P.ACCOUNT_END,
        P.AGENCY_END,
        P.PERSON_MERGE,
        P.INFORMATION_ANSWER,
        P.DESTRUCTION_REVIEW,
        P.RECORD_HOLD,
    },
    "strategic_lead": set(),
    "independent_reviewer": set(),
    "administrator": {P.DIRECTORY_IMPORT, P.ACCOUNT_END, P.AGENCY_END},
}


def test_every_role_is_in_the_table() -> None:
    assert set(TABLE) == set(Role.values) == {role.value for role in ROLES}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("permission", Permission)
@pytest.mark.asvs("8.2.1")
def test_a_role_may_do_what_the_table_says_and_no_more(role: str, permission: Permission) -> None:
    assert may(role, permission) is (permission in TABLE[role])


@pytest.mark.parametrize("role", ["", "superuser", "HUB_WORKER", "hub_worker ", "hub_worker|staff"])
def test_an_unknown_role_may_do_nothing(role: str) -> None:
    assert not any(may(role, permission) for permission in Permission)


def test_the_roles_with_a_permission_are_those_that_carry_it() -> None:
    for permission in Permission:
        assert {role.value for role in roles_with(permission)} == {role for role, carried in TABLE.items() if permission in carried}


def test_permissions_are_named_noun_dot_verb() -> None:
    assert all(len(permission.value.split(".")) == 2 for permission in Permission)


@pytest.mark.asvs("13.2.2")
def test_whoever_administers_the_directory_may_do_nothing_with_families() -> None:
    assert TABLE["administrator"] == {P.DIRECTORY_IMPORT, P.ACCOUNT_END, P.AGENCY_END}
