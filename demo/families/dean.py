"""Dean, 23, grew up in care. He would like his records, and to find his brother. He asked once, took it back, and is writing again."""

from demo.journey import Journey
from reachin.access.requests_for_assistance.enums import AskedBy

ABOUT_DEAN = {"your_name": "Dean", "people": [{"known_as": "Dean", "age_years": 23, "relation": "self"}]}
ONCE = ABOUT_DEAN | {
    "story": "I was in care. I'd like to see what is written about me.",
    "help_with": ["something_else"],
    "in_danger": "no",
    "contact_way": "email",
    "email": "dean.reads.this@post.example",
    "may_leave_message": "yes",
    "first_contact": "hub",
}
NOW = ABOUT_DEAN | {
    "story": (
        "I was in care from when I was five until I was sixteen. I would like to see what they wrote about me, all of it,"
        " with somebody there. And I have a brother, Lewis. He'd be nineteen. I don't know where he lives and I'd like him to"
        " know that I asked."
    ),
    "help_with": ["something_else", "feelings"],
}


def dean_before(journey: Journey) -> None:
    """Withdrawn by himself, and nobody chased him."""
    back = journey.days.back
    journey.begins(back(150, "23:10"), ONCE, asked_by=AskedBy.YOUNG_PERSON)
    journey.sends(back(150, "23:14"))
    journey.is_taken_on(back(149, "09:30"), worker="Samir Aslam")
    journey.is_withdrawn(back(149, "10:02"), "Not yet. Nobody did anything wrong. I just wasn't ready to open that box.")


def dean(journey: Journey) -> None:
    """Half written, over two evenings, with a phrase to come back by."""
    back = journey.days.back
    journey.begins(back(2, "22:05"), {"story": "I was in care from when I was five until I was sixteen."}, asked_by=AskedBy.YOUNG_PERSON)
    journey.goes_on(back(1, "21:40"), NOW)
