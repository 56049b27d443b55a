from typing import Any

from reachin.groundwork.page_parts.staffed_hours import hours_words
from reachin.partnership.agencies.models import Agency


def duty_desk_words() -> dict[str, Any]:
    """The duty desk and when it is staffed, for pages that speak of danger."""
    desk = Agency.objects.duty_desks().order_by("slug").first()
    return {"desk": desk, "desk_hours": hours_words(desk.staffed_hours()) if desk else ""}
