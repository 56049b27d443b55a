"""Gran Jean brings up two grandchildren without any paper that says so. She asks on paper; their mum keeps her rights."""

from demo.journey import Journey
from reachin.access.requests_for_assistance.enums import AskedBy, Channel, Stage

ANSWERS = {
    "story": (
        "My daughter's two, Kyle and Ellie, have bided with me since Easter. Their mum is not well enough the now. She comes"
        " on Sundays and she is still their mum, that has to be plain to everybody. I am 71 and we manage fine, but the"
        " pension does not stretch to two growing bairns, and the school wants a signature that I am told I cannot give. No"
        " computers please."
    ),
    "help_with": ["money", "caring", "school"],
    "wishes": "To know where I stand. And somebody to talk to who is in the same boat.",
    "in_danger": "no",
    "your_name": "Jean",
    "people": [
        {"known_as": "Kyle", "age_years": 8, "relation": "grandchild"},
        {"known_as": "Ellie", "age_years": 5, "relation": "grandchild"},
    ],
    "contact_way": "letter",
    "address": "3 Shore Row, Portlennan, PA34 4AG",
    "safe_times": "Or catch me at the school gate at three",
    "first_contact": "known",
    "first_contact_name": "Una in the school office",
    "place": "PA34 4AG",
    "communication": "Large print, please",
    "family_meeting": "yes",
}


def jean(journey: Journey) -> None:
    """Keyed in from paper; on the list of those to be contacted, by letter and by hand."""
    back = journey.days.back
    journey.begins(back(2, "15:16"), ANSWERS, asked_by=AskedBy.RELATIVE, channel=Channel.PAPER, writer="Una Lamont")
    journey.sends(back(2, "15:20"), writer="Una Lamont")
    journey.is_decided(
        back(1, "09:30"),
        Stage.TO_BE_CONTACTED,
        "A letter in large print first, then Una introduces me at the gate.",
        worker="Samir Aslam",
    )
    journey.is_taken_on(back(1, "09:35"), worker="Samir Aslam")
    journey.is_told_by_hand(back(1, "11:00"), worker="Samir Aslam")
