"""The McAllans are Gypsy/Travellers. They have no postcode to give; they move while they wait, and keep their place."""

from demo.journey import Asking, Journey
from reachin.access.referrals.enums import ReferralState
from reachin.access.requests_for_assistance.enums import AskedBy, Channel, ContactOutcome, Stage

ANSWERS = {
    "story": (
        "Jamie, 7, and wee Rosie, 4, are bright and well liked here whenever the family stops at Balnashee. Their mum, Mary,"
        " asks for somebody to help Jamie with his reading who comes to where they are, and a nursery morning for Rosie. Mary"
        " says: We're at school when we're here. It's when we shift that it all stops, and we start again at the back of the"
        " queue."
    ),
    "help_with": ["school", "company"],
    "wishes": "To keep their place in the queue wherever they stop.",
    "not_wanted": "Being asked for an address again and again.",
    "in_danger": "no",
    "people": [
        {"known_as": "Jamie", "age_years": 7, "relation": "child"},
        {"known_as": "Rosie", "age_years": 4, "relation": "child"},
        {"known_as": "Mary", "relation": "parent"},
    ],
    "family_knows": "asked_with",
    "childs_view": "Jamie: I can read the road signs. I want to read the rest.",
    "tried": "A reading bag that travels with them. Jamie has worn out three.",
    "childs_plan": "no",
    "reach_me": "Shona Baird, 01632 960 151, after half past three",
    "family_meeting": "not_now",
}
WHAT_WAS_MISSING = {
    "contact_way": "through",
    "through": "Mary's sister Bella, 07700 900417. Bella always knows where they are.",
    "may_leave_message": "yes",
    "safe_times": "Any time before dark",
}


def mcallans(journey: Journey) -> None:
    """A teacher's request that came back, was completed, and waits for its service; the family moved in between."""
    back = journey.days.back
    journey.begins(back(15, "15:40"), ANSWERS, asked_by=AskedBy.PRACTITIONER, channel=Channel.AGENCY, writer="Shona Baird")
    journey.sends(back(15, "15:52"), writer="Shona Baird")
    journey.is_completed(back(13, "08:50"), WHAT_WAS_MISSING, writer="Shona Baird")
    journey.is_decided(
        back(12, "10:10"), Stage.IN_DISCUSSION, "Somebody who travels, too. Nobody needs a postcode for this.", worker="Samir Aslam"
    )
    [open_road] = journey.is_referred(
        back(11, "09:40"),
        Asking("The Open Road", "They may have moved on when you ring. Bella will know where to."),
        worker="Samir Aslam",
        said={"Mary": "By Bella's phone: yes, as long as they come to us.", "Jamie": "Will they bring books?"},
    )
    journey.is_answered(
        back(10, "14:15"),
        open_road,
        ReferralState.WAITING,
        "Third on the list. We come to wherever they are, so a move changes nothing.",
        worker="Samir Aslam",
    )
    journey.is_contacted(
        back(4, "11:05"),
        ContactOutcome.THROUGH_OTHERS,
        "Bella says they have shifted to the shore road by Portlennan. Their place in the queue is the same; The Open Road knows.",
        worker="Samir Aslam",
    )
