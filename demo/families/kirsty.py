"""Kirsty is Deaf and uses BSL. Mark is in prison, where letters are opened; he would join a family meeting by video."""

from demo.journey import Journey
from reachin.access.requests_for_assistance.enums import AskedBy, Channel

ANSWERS = {
    "story": (
        "Ava, 8, signs better than any of us. Her mum, Kirsty, is Deaf and uses BSL. Her dad, Mark, is in prison until the"
        " summer. Ava writes to him every week; his letters are opened before he gets them, so she draws instead. Kirsty would"
        " like a family meeting, with Mark on the screen and an interpreter in the room."
    ),
    "help_with": ["family_meeting", "relationships"],
    "wishes": "That Mark has a say in the birthday, and in what happens in the summer.",
    "not_wanted": "Ava interpreting for grown-ups.",
    "in_danger": "no",
    "people": [
        {"known_as": "Ava", "age_years": 8, "relation": "child"},
        {"known_as": "Kirsty", "relation": "parent"},
        {"known_as": "Mark", "relation": "parent"},
    ],
    "place": "PA34 4AA",
    "language": "British Sign Language",
    "communication": "An interpreter, booked ahead. Kirsty and Mark have to see each other's hands.",
    "family_meeting": "yes",
    "family_knows": "agreed",
    "childs_view": "Ava, signing: I want dad to see me when we decide.",
    "tried": "A video call in the school library. It worked, but the screen was too small to sign on.",
    "childs_plan": "no",
    "reach_me": "Fraser Weir, 01632 960 141",
}


def kirsty(journey: Journey) -> None:
    """Back with the head teacher: nobody may be contacted without a safe way that the family chose."""
    back = journey.days.back
    journey.begins(back(2, "15:35"), ANSWERS, asked_by=AskedBy.PRACTITIONER, channel=Channel.AGENCY, writer="Fraser Weir")
    journey.sends(back(2, "15:44"), writer="Fraser Weir")
