"""Isla, 9, lives one week with her mum in Portlennan and the next with her dad in Dunmarrow: one plan, and separate post."""

from demo.journey import Asking, Journey
from reachin.access.referrals.enums import DeclineReason, ReferralState
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome, Stage

ANSWERS = {
    "story": (
        "Isla is 9. One week she lives with me in Portlennan, the next with her dad, Callum, in Dunmarrow. We both love her"
        " and we are trying to do this well. But each place has its own forms and its own meetings, and things fall in the gap"
        " between us. Since the summer she has had a sore tummy every Sunday. She says: It's the bag. I hate packing the bag."
    ),
    "help_with": ["feelings", "relationships"],
    "wishes": (
        "One plan that both houses go by, so that Isla does not have to carry the messages. Please write to Callum and to me separately,"
        " each at our own place. He will tell you himself how to reach him."
    ),
    "not_wanted": "Please do not put us both in one room the first time.",
    "in_danger": "no",
    "your_name": "Eilidh",
    "people": [
        {"known_as": "Isla", "age_years": 9, "relation": "child"},
        {"known_as": "Callum", "relation": "other"},
    ],
    "contact_way": "text",
    "phone": "07700 900141",
    "may_leave_message": "yes",
    "safe_times": "After six, or any time in the weeks when Isla is with her dad",
    "first_contact": "charity",
    "place": "PA34 4AR",
    "family_meeting": "tell_me_more",
}


def isla(journey: Journey) -> None:
    """Matched: one service said no, one said yes."""
    back = journey.days.back
    journey.begins(back(11, "20:24"), ANSWERS, asked_by=AskedBy.PARENT_OR_CARER)
    journey.sends(back(11, "20:41"))
    journey.is_taken_on(back(10, "09:05"), worker="Morag Keir")
    journey.is_contacted(
        back(10, "18:10"),
        ContactOutcome.SPOKE,
        "Eilidh was just home from work. She would like the plan to start from Isla's own words. Callum knows that she asked and is glad.",
        worker="Morag Keir",
    )
    journey.is_decided(
        back(8, "10:15"), Stage.IN_DISCUSSION, "Two areas, one girl: we ask on both sides of the border.", worker="Morag Keir"
    )
    harbour, dunmarrow = journey.is_referred(
        back(7, "11:30"),
        Asking("Harbour Families home visits", "Isla would like to show her two rooms, one after the other."),
        Asking("Dunmarrow Family Centre", "For the weeks at her dad's. Please write to him and to her mum separately."),
        worker="Morag Keir",
        said={"Callum": "On the phone: good that somebody asks her. Please write to me as well."},
    )
    journey.is_answered(
        back(5, "14:20"),
        dunmarrow,
        ReferralState.DECLINED,
        (
            "Mhairi at the centre rang: they may only take children who are registered with a doctor in Dunmarrow. She was sorry"
            " and will raise it."
        ),
        worker="Morag Keir",
        decline_reason=DeclineReason.OUT_OF_AREA,
    )
    journey.is_answered(
        back(4, "10:05"),
        harbour,
        ReferralState.ACCEPTED,
        "Yes, gladly. Joan can come on Thursdays, first in a week at mum's. We will write to both houses.",
        worker="Joan Pirie",
    )
