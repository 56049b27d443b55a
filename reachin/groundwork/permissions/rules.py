from collections.abc import Mapping

from .enums import Permission, Role

ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.PRACTITIONER: frozenset(
        {
            Permission.REQUEST_SEND,
            Permission.REQUEST_KEY_IN,
            Permission.REFERRAL_ANSWER,
            Permission.CIRCLE_EXTEND,
            Permission.CONCERN_HAND_ON,
            Permission.OWN_ACCOUNT_OFFER,
            Permission.RECORD_OPEN_IN_EMERGENCY,
        }
    ),
    Role.DESK_WORKER: frozenset({Permission.REQUEST_KEY_IN}),
    Role.SUPPORT_WORKER: frozenset(
        {
            Permission.REQUEST_SEND,
            Permission.REQUEST_KEY_IN,
            Permission.REFERRAL_ANSWER,
            Permission.CIRCLE_EXTEND,
            Permission.CONCERN_HAND_ON,
            Permission.OWN_ACCOUNT_OFFER,
            Permission.RECORD_OPEN_IN_EMERGENCY,
        }
    ),
    Role.HUB_WORKER: frozenset(
        {
            Permission.REQUEST_SEND,
            Permission.REQUEST_KEY_IN,
            Permission.REQUEST_TRIAGE,
            Permission.REFERRAL_SEND,
            Permission.DELAYS_SEE,
            Permission.CIRCLE_EXTEND,
            Permission.CONCERN_HAND_ON,
            Permission.BLOCK_OVERRULE,
            Permission.OWN_ACCOUNT_OFFER,
            Permission.RECORD_OPEN_IN_EMERGENCY,
            Permission.RECORD_HOLD,
        }
    ),
    Role.DUTY_WORKER: frozenset(
        {
            Permission.REQUEST_SEND,
            Permission.REQUEST_ANSWER_ALERT,
            Permission.REQUEST_TRIAGE,
            Permission.REFERRAL_SEND,
            Permission.REFERRAL_ANSWER,
            Permission.CIRCLE_EXTEND,
            Permission.CONCERN_HAND_ON,
            Permission.BLOCK_OVERRULE,
            Permission.OWN_ACCOUNT_OFFER,
            Permission.RECORD_OPEN_IN_EMERGENCY,
            Permission.RECORD_HOLD,
        }
    ),
    Role.SERVICE_MANAGER: frozenset({Permission.REFERRAL_ANSWER}),
    Role.DATA_OFFICER: frozenset({Permission.PERSON_MERGE, Permission.RECORD_HOLD}),
    Role.PARTICIPATION_OFFICER: frozenset(),
    Role.INFORMATION_GUARDIAN: frozenset(
        {
            Permission.SHARING_REVIEW,
            Permission.AGREEMENT_KEEP,
            Permission.ACCOUNT_END,
            Permission.AGENCY_END,
            Permission.PERSON_MERGE,
            Permission.INFORMATION_ANSWER,
            Permission.DESTRUCTION_REVIEW,
            Permission.RECORD_HOLD,
        }
    ),
    Role.STRATEGIC_LEAD: frozenset(),
    Role.INDEPENDENT_REVIEWER: frozenset(),
    Role.ADMINISTRATOR: frozenset({Permission.DIRECTORY_IMPORT, Permission.ACCOUNT_END, Permission.AGENCY_END}),
}


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that carry the permission."""
    return frozenset(role for role, carried in ROLES.items() if permission in carried)


def may(role: str, permission: Permission) -> bool:
    """Whether the role carries the permission. An unknown role carries none."""
    return role in Role.values and permission in ROLES[Role(role)]
