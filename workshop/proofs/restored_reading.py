"""As a hub worker of the restored database: says who acts, opens the newest request, and reads its story in clear. Ends with 1 where not.

A process of its own, that of the application's role, with the keys that the environment names.
"""

import sys

import django


def main() -> int:
    """0 when a story was read."""
    django.setup()
    from reachin.access.requests_for_assistance.models import RequestForAssistance, StoryTold
    from reachin.groundwork.audited_access.context import acting, open_record
    from reachin.groundwork.permissions.enums import Role
    from reachin.partnership.accounts.models import Account

    worker = Account.objects.filter(role=Role.HUB_WORKER).order_by("id")[0]
    with acting(worker.actor()):
        newest = (
            RequestForAssistance.objects.filter(holder_agency=worker.agency).order_by("-received_at").values_list("id", flat=True).first()
        )
    opening = None if newest is None else open_record(worker.actor(), "request", newest, purpose="front_door")
    if opening is None:
        return 1
    with acting(worker.actor(), opening=opening, read_only=True):
        return 0 if StoryTold.objects.get().answers() else 1


if __name__ == "__main__":
    sys.exit(main())
