"""Chloe, 19, asked while she was expecting: a baby with a due date and no number. Arlo is seven weeks old now."""

from demo.journey import Asking, Journey
from reachin.access.referrals.enums import Helped, ReferralOutcome, ReferralState
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome

ARLO_CAME_DAYS_AGO = 49
ANSWERS = {
    "story": (
        "I'm 19 and I'm having a baby. I'm happy about it. But my mum is far away and it is just me, and at night I lie there"
        " thinking I'll get it wrong. I don't know what a baby needs first, or whom you can ask without them thinking you"
        " can't cope."
    ),
    "help_with": ["baby", "money", "company"],
    "wishes": "Somebody who has done it before and doesn't talk down to me.",
    "in_danger": "no",
    "your_name": "Chloe",
    "contact_way": "text",
    "phone": "07700 900855",
    "may_leave_message": "yes",
    "safe_times": "Not before eleven",
    "first_contact": "health_visitor",
    "place": "PA37 1AB",
}


def chloe(journey: Journey) -> None:
    """Help was completed, and she has said what it was worth."""
    back, days = journey.days.back, journey.days
    people = [
        {"known_as": "Chloe", "age_years": 19, "relation": "self"},
        {"known_as": "Baby", "due_on": days.day_in(-ARLO_CAME_DAYS_AGO + 3), "relation": "expected_baby"},
    ]
    journey.begins(back(70, "22:15"), ANSWERS, asked_by=AskedBy.EXPECTING)
    journey.goes_on(back(69, "12:30"), {"people": people})
    journey.sends(back(69, "12:34"))
    journey.is_taken_on(back(68, "09:15"), worker="Morag Keir")
    journey.is_contacted(
        back(68, "11:20"), ContactOutcome.SPOKE, "Chloe would like one person, not five. Catriona first.", worker="Morag Keir"
    )
    [nurse] = journey.is_referred(
        back(67, "10:00"),
        Asking("Family nurse", "One person from now until the baby is here, please, and text first."),
        worker="Morag Keir",
    )
    journey.is_answered(
        back(66, "09:05"), nurse, ReferralState.ACCEPTED, "Yes. I will text on Monday, after eleven.", worker="Catriona Rae"
    )
    journey.is_answered(back(63, "11:30"), nurse, ReferralState.IN_PROGRESS, worker="Catriona Rae")
    journey.is_answered(
        back(8, "15:00"),
        nurse,
        ReferralState.COMPLETED,
        (
            "Arlo came three days early and is doing well. Chloe knows more than she thinks, and now she knows that. I go on as"
            " their health visitor."
        ),
        worker="Catriona Rae",
        outcome=ReferralOutcome.AS_HOPED,
    )
    journey.rates(
        back(6, "14:12"),
        nurse,
        Helped.YES,
        "She asked every week how I was, not only the bump. Arlo says thanks. He is asleep on me as I write this.",
    )
