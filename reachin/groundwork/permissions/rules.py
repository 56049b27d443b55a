from collections.abc import Mapping

from .enums import Permission, Role

ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.PRACTITIONER: frozenset({Permission.REQUEST_SEND, Permission.REQUEST_KEY_IN, Permission.REFERRAL_ANSWER}),
    Role.DESK_WORKER: frozenset({Permission.REQUEST_KEY_IN}),
    Role.SUPPORT_WORKER: frozenset({Permission.REQUEST_SEND, Permission.REQUEST_KEY_IN, Permission.REFERRAL_ANSWER}),
    Role.HUB_WORKER: frozenset(
        {
            Permission.REQUEST_SEND,
            Permission.REQUEST_KEY_IN,
            Permission.REQUEST_TRIAGE,
            Permission.REFERRAL_SEND,
            Permission.DELAYS_SEE,
        }
    ),
    Role.DUTY_WORKER: frozenset({Permission.REQUEST_SEND, Permission.REQUEST_ANSWER_ALERT, Permission.REFERRAL_ANSWER}),
    Role.SERVICE_MANAGER: frozenset({Permission.REFERRAL_ANSWER, Permission.DELAYS_SEE}),
    Role.DATA_OFFICER: frozenset({Permission.DELAYS_SEE}),
    Role.PARTICIPATION_OFFICER: frozenset(),
    Role.INFORMATION_GUARDIAN: frozenset(),
    Role.STRATEGIC_LEAD: frozenset({Permission.DELAYS_SEE}),
    Role.INDEPENDENT_REVIEWER: frozenset(),
    Role.ADMINISTRATOR: frozenset({Permission.DIRECTORY_IMPORT}),
}


def may(role: str, permission: Permission) -> bool:
    """Whether the role carries the permission. An unknown role carries none."""
    return role in Role.values and permission in ROLES[Role(role)]
