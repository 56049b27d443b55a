from collections.abc import Collection
from typing import Any

from reachin.groundwork.page_parts.staffed_hours import hours_words
from reachin.partnership.agencies.models import Agency


def duty_desk_words(blocked: Collection[str] = ()) -> dict[str, Any]:
    """The duty desk that is alerted and when it is staffed, for pages that speak of danger; None where the family blocked every desk."""
    desks = Agency.objects.duty_desks().order_by("slug")
    desk = next((desk for desk in desks if str(desk.id) not in blocked), None)
    return {"desk": desk, "desk_hours": hours_words(desk.staffed_hours()) if desk else ""}
