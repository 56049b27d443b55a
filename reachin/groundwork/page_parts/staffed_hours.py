"""When somebody is there, as people read it."""

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from reachin.groundwork.clock.rules import StaffedHours

from .moments import clock_time


def hours_words(hours: StaffedHours) -> str:
    """Monday to Friday, 9:00am to 5:00pm."""
    days = sorted(hours.days)
    opens, closes = clock_time(hours.opens), clock_time(hours.closes)
    if len(days) == 7:
        return _("every day, %(opens)s to %(closes)s") % {"opens": opens, "closes": closes}
    if days and days == list(range(days[0], days[-1] + 1)) and len(days) > 1:
        span = _("%(first)s to %(last)s") % {"first": WEEKDAYS[days[0]], "last": WEEKDAYS[days[-1]]}
    else:
        span = ", ".join(str(WEEKDAYS[day]) for day in days)
    return _("%(days)s, %(opens)s to %(closes)s") % {"days": span, "opens": opens, "closes": closes}
