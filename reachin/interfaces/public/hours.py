from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from reachin.groundwork.page_parts.moments import clock_time
from reachin.partnership.agencies.models import Agency


def hours_words(agency: Agency) -> str:
    """When somebody is there, in words: Monday to Friday, 9am to 5pm."""
    days = sorted(agency.staffed_days)
    opens, closes = clock_time(agency.opens_at), clock_time(agency.closes_at)
    if len(days) == 7:
        return _("every day, %(opens)s to %(closes)s") % {"opens": opens, "closes": closes}
    if days and days == list(range(days[0], days[-1] + 1)) and len(days) > 1:
        span = _("%(first)s to %(last)s") % {"first": WEEKDAYS[days[0]], "last": WEEKDAYS[days[-1]]}
    else:
        span = ", ".join(str(WEEKDAYS[day]) for day in days)
    return _("%(days)s, %(opens)s to %(closes)s") % {"days": span, "opens": opens, "closes": closes}
