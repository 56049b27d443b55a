"""Somebody who gave no name and few words. That is enough to ask."""

from demo.journey import Journey
from reachin.access.requests_for_assistance.enums import AskedBy

ANSWERS = {
    "story": "I'm scared to go home tonight. I don't want to say who I am yet. I will look here after school.",
    "in_danger": "yes",
    "contact_way": "come_back",
}


def nameless(journey: Journey) -> None:
    """Sent a little while ago: an alert is open at the duty desk."""
    journey.begins(journey.days.minutes_ago(41), ANSWERS, asked_by=AskedBy.YOUNG_PERSON)
    journey.sends(journey.days.minutes_ago(38))
