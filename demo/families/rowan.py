"""Rowan fled with Tam, 6. Tam's father asks as well, apart from them: he sees his own request and nothing of theirs."""

from demo.journey import STORY_AND_CONTACT, Asking, Journey
from reachin.access.referrals.enums import Helped, ReferralState, Shared
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome, Outcome, Stage

ANSWERS = {
    "story": (
        "We left in a hurry, Tam and me. We are with somebody kind now and Tam sleeps the whole night. I need to think what"
        " comes next: a place of our own, money that only I can see, and somebody for Tam to talk with. He will find us if"
        " anybody tells him the name of the village. He has rights, I know that. Please ask me before you tell anybody"
        " anything."
    ),
    "help_with": ["safety_at_home", "housing", "feelings"],
    "wishes": "A door that is ours. And for Tam to have his own person, who is just for him.",
    "not_wanted": "Nothing with our address on it, and nothing in the school's papers.",
    "in_danger": "yes",
    "your_name": "Rowan",
    "people": [{"known_as": "Tam", "age_years": 6, "relation": "child"}],
    "contact_way": "text",
    "phone": "07700 900268",
    "may_leave_message": "yes",
    "safe_times": "School hours",
    "who_may_answer": "Nobody else has this phone.",
    "cover_name": "The library, about a book",
    "first_contact": "hub",
    "must_not_know": "Tam's father, Craig. And his cousin, who works at Harbour Families.",
    "home_is_secret": "yes",
    "place": "With a friend in Balnashee",
    "family_meeting": "not_now",
}
WITH_CAUTION = STORY_AND_CONTACT | {Shared.CAUTION}


def rowan(journey: Journey) -> None:
    """Danger, an alert that was taken on, a masked service that began to help, and the family's own word."""
    back, agencies = journey.days.back, journey.partnership.agencies
    blocked = {"blocked_agencies": [str(agencies["harbour-families"].id)]}
    journey.begins(back(6, "09:48"), ANSWERS | blocked, asked_by=AskedBy.PARENT_OR_CARER)
    journey.sends(back(6, "10:20"))
    journey.alert_is_taken(back(6, "10:31"), worker="Ailsa Brock")
    journey.is_taken_on(back(6, "10:40"), worker="Samir Aslam")
    journey.is_contacted(
        back(6, "11:30"),
        ContactOutcome.SPOKE,
        "Rowan and Tam are all right where they are. Ailsa and I rang together. Nothing goes to the school or by post.",
        worker="Samir Aslam",
    )
    talking, childs_worker = journey.is_referred(
        back(6, "13:50"),
        Asking("Women's Aid: somebody to talk to", "Text in school hours only. The cover story is a library book.", WITH_CAUTION),
        Asking("Children's worker at Women's Aid", "For Tam, when there is room.", WITH_CAUTION),
        worker="Samir Aslam",
    )
    journey.is_answered(back(6, "15:10"), talking, ReferralState.ACCEPTED, "Yes. I will text tomorrow at ten.", worker="Leah Grant")
    journey.is_answered(
        back(5, "09:30"),
        childs_worker,
        ReferralState.WAITING,
        "Tam is on the list. It is about six weeks; we will keep in touch.",
        worker="Leah Grant",
    )
    journey.is_answered(back(5, "10:25"), talking, ReferralState.IN_PROGRESS, worker="Leah Grant")
    journey.rates(back(1, "11:15"), talking, Helped.YES, "She did not ask me to prove anything. She made tea first.")


FATHERS_ANSWERS = {
    "story": (
        "I am asking for my family. My son's mum has taken him and I don't know where they are. I am his dad and I have rights."
        " I miss him. Nobody tells me anything."
    ),
    "help_with": ["relationships"],
    "wishes": "To know where they live.",
    "in_danger": "no",
    "your_name": "Craig",
    "people": [
        {"known_as": "Tam", "age_years": 6, "relation": "child"},
        {"known_as": "Rowan", "relation": "partner"},
    ],
    "contact_way": "phone",
    "phone": "07700 900522",
    "may_leave_message": "yes",
    "safe_times": "Evenings",
    "first_contact": "hub",
    "place": "PA34 5PX",
}


def craig(journey: Journey) -> None:
    """Closed: he was heard and got advice for himself, and was told nothing of anybody else."""
    back = journey.days.back
    journey.begins(back(4, "19:02"), FATHERS_ANSWERS, asked_by=AskedBy.PARENT_OR_CARER)
    journey.sends(back(4, "19:10"))
    journey.is_taken_on(back(3, "09:20"), worker="Morag Keir")
    journey.is_contacted(
        back(3, "17:30"),
        ContactOutcome.SPOKE,
        (
            "We never say whether we know another family; he was told that kindly. We spoke about him: he is not sleeping, and he"
            " misses his boy."
        ),
        worker="Morag Keir",
    )
    journey.is_decided(
        back(3, "17:50"),
        Stage.CLOSED,
        "Told Craig how a family solicitor can help with contact, and about Lennan Dads on Tuesdays. He may ask again at any time.",
        worker="Morag Keir",
        outcome=Outcome.ADVICE_GIVEN,
    )
