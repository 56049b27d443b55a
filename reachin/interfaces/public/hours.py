from reachin.groundwork.page_parts import staffed_hours
from reachin.partnership.agencies.models import Agency


def hours_words(agency: Agency) -> str:
    """When somebody is there, in words: Monday to Friday, 9am to 5pm."""
    return staffed_hours.hours_words(agency.staffed_hours())
