"""Skye, 13, looks after her mum and asks from a school iPad. Her mum must not know."""

from demo.journey import Journey
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome, Stage

ANSWERS = {
    "story": (
        "I look after my mum. Some days she can't get up, and then I do the shopping and the washing and take my wee brother to school."
        " I don't mind it. But I get in late and I get a row, and I can't say why. I'd like to talk to somebody who knows what it's like."
    ),
    "help_with": ["caring", "school", "company"],
    "wishes": "Somebody my age who does this too.",
    "not_wanted": "Nobody coming to our house.",
    "in_danger": "no",
    "your_name": "Skye",
    "people": [
        {"known_as": "Skye", "age_years": 13, "relation": "self"},
        {"known_as": "Finn", "age_years": 7, "relation": "sibling"},
    ],
    "contact_way": "come_back",
    "safe_times": "I can look at dinner time, on the school iPad",
    "first_contact": "school",
    "first_contact_name": "Mrs Baird",
    "must_not_know": "My mum. She would think that I don't want to do it. Please don't ring or write to the house.",
    "place": "Balnashee",
}


def skye(journey: Journey) -> None:
    """In discussion, after a question that she found and answered herself."""
    back = journey.days.back
    journey.begins(back(5, "11:05"), ANSWERS, asked_by=AskedBy.YOUNG_PERSON)
    journey.sends(back(5, "11:16"))
    journey.is_taken_on(back(4, "09:10"), worker="Morag Keir")
    journey.is_asked(
        back(4, "09:30"),
        "Thank you for telling us, Skye. That is a lot that you do. On which day could somebody talk with you at school, and is there a"
        " grown-up there whom you would like beside you?",
        worker="Morag Keir",
    )
    journey.answers_question(back(3, "12:38"), "Next school day after dinner, with Mrs Baird. Not in the office, everybody sees you there.")
    journey.is_contacted(
        back(2, "13:20"),
        ContactOutcome.SPOKE,
        "In the quiet room, with Mrs Baird. Skye did most of the talking. She is proud of what she does, and tired.",
        worker="Morag Keir",
    )
    journey.is_decided(
        back(2, "14:40"),
        Stage.IN_DISCUSSION,
        "We ask Young carers next, and nothing goes to the house. How her mum can be helped, we ask Skye first.",
        worker="Morag Keir",
    )
