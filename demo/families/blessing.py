"""Blessing and her twins have no right to public funds, and she is afraid of whom her name might reach."""

from demo.journey import Asking, Journey
from reachin.access.referrals.enums import DeclineReason, ReferralState
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome, Stage

ANSWERS = {
    "story": (
        "I am Blessing. My twins, Grace and David, are three years old. We live in one room. Because of my visa I may not"
        " have money from the state. I clean offices before it is light, and my neighbour sits with the children. I want to do"
        " everything right. I was afraid to ask: somebody said that you give names to the Home Office. A lady at church said"
        " that you do not. Please tell me what is true."
    ),
    "help_with": ["housing", "food", "school", "immigration"],
    "wishes": "A nursery morning for the two of them, and a warm coat each. Somebody who knows the law to look at my papers with me.",
    "not_wanted": "Please do not write to my landlord.",
    "in_danger": "no",
    "your_name": "Blessing",
    "people": [
        {"known_as": "Grace", "age_years": 3, "relation": "child"},
        {"known_as": "David", "age_years": 3, "relation": "child"},
    ],
    "contact_way": "through",
    "through": "Pastor Ruth at the Shore Street church, 01632 960 871. She knows.",
    "may_leave_message": "yes",
    "safe_times": "After ten in the morning",
    "first_contact": "charity",
    "must_not_know": "The Home Office. My landlord.",
    "place": "Portlennan",
    "language": "English. Yoruba is easier when I am tired.",
}


def blessing(journey: Journey) -> None:
    """Declined by everybody who was asked, and so back at the hub, which goes on."""
    back = journey.days.back
    journey.begins(back(9, "13:30"), ANSWERS, asked_by=AskedBy.PARENT_OR_CARER)
    journey.sends(back(9, "13:55"))
    journey.is_taken_on(back(8, "09:00"), worker="Samir Aslam")
    journey.is_contacted(
        back(8, "10:30"),
        ContactOutcome.SPOKE,
        (
            "At Pastor Ruth's. It is true: we do not give her name to the Home Office for asking us. She cried, and then we"
            " laughed about the coats."
        ),
        worker="Samir Aslam",
    )
    homes, nursery = journey.is_referred(
        back(7, "09:45"),
        Asking("Homes and housing advice", "Two little ones and their mum in one room. Please ring Pastor Ruth, not the landlord."),
        Asking("Nursery places for two-year-olds", "Twins of three. Blessing starts work at five in the morning."),
        worker="Samir Aslam",
    )
    journey.is_answered(
        back(5, "11:20"),
        homes,
        ReferralState.DECLINED,
        (
            "By the rules of her visa we cannot offer a home. That is the rule's doing, not hers. Social work may help the"
            " children in their own right."
        ),
        worker="Colin Struan",
        decline_reason=DeclineReason.NOT_ELIGIBLE,
    )
    journey.is_answered(
        back(4, "15:05"),
        nursery,
        ReferralState.DECLINED,
        "Every morning place is taken until January. They are first on our list for then.",
        worker="Gordon Leith",
        decline_reason=DeclineReason.FULL,
    )
    journey.is_decided(
        back(3, "08:59"),
        Stage.TO_BE_CONTACTED,
        "Two answers were no. That is not the end, and she should hear it from one of us, not from a page.",
        worker="Samir Aslam",
    )
    journey.is_contacted(
        back(3, "10:40"), ContactOutcome.SPOKE, "Told her ourselves. The coats came from the clothes rail.", worker="Samir Aslam"
    )
    journey.is_decided(
        back(3, "11:00"), Stage.IN_DISCUSSION, "Next: somebody who knows the law of papers, if she says yes.", worker="Samir Aslam"
    )
    journey.is_asked(
        back(2, "09:20"),
        (
            "There is a group nearby whose adviser knows the law about papers. They are not the Home Office. May we ask them for"
            " you, or would you like to meet them first, with Pastor Ruth there?"
        ),
        worker="Samir Aslam",
    )
