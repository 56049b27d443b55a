from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reachin.groundwork.notices.enums import ContactWay, MayLeaveMessage

from .rules import ADDRESS_FOR_LETTERS, ADDRESS_KEPT_BACK, IS_PROTECTED

ASKED: Mapping[str, Promise] = {
    "your_name": _("What should we call you?"),
    "contact_way": _("How is it safe for us to be in touch?"),
    "phone": _("Phone number"),
    "email": _("Email address"),
    ADDRESS_FOR_LETTERS: _("Address for a letter"),
    ADDRESS_KEPT_BACK: _("An address for letters is left out"),
    "through": _("Who can pass it on, and how do we reach them?"),
    "safe_times": _("When is a good and safe time?"),
    "may_leave_message": _("May we leave or send a message?"),
    "who_may_answer": _("Who else might answer, and is that all right?"),
    "cover_name": _("What should we say if somebody else answers?"),
    "first_contact": _("Who should be in touch first?"),
    "first_contact_name": _("Their name, if you know it"),
    "language": _("Which language is best for you?"),
    "written_in": _("The language that we write in"),
    "communication": _("Is there anything that makes it easier to talk with you or to meet?"),
    IS_PROTECTED: _("Does it have to stay secret where you live?"),
}
"""What somebody was asked about how they may be reached, by question code, in the order in which it is read."""
YES, NO = _("Yes"), _("No")
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "contact_way": dict(ContactWay.choices),
    "may_leave_message": dict(MayLeaveMessage.choices),
    "first_contact": {
        "hub": _("Somebody from the family support team"),
        "charity": _("A charity"),
        "school": _("The school or nursery"),
        "health_visitor": _("A health visitor, midwife or nurse"),
        "social_work": _("Social work"),
        "known": _("Somebody I know"),
    },
    "written_in": {"en-gb": _("English"), "gd": _("Gaelic")},
    ADDRESS_KEPT_BACK: {"yes": YES},
    IS_PROTECTED: {"yes": YES, "no": NO},
}
"""What stands for a coded answer, by question code."""


def contact_in_words(told: Mapping[str, Any]) -> str:
    """How somebody may be reached, one line a question, as whoever it is about can read it. What was not answered is left out."""
    codes = [*(code for code in ASKED if code in told), *sorted(told.keys() - ASKED.keys())]
    return "\n".join(f"{_question(code)} {_answer(code, told[code])}" for code in codes if told[code])


def _question(code: str) -> str:
    words = str(ASKED.get(code, code.replace("_", " ")))
    return words if words.endswith("?") else f"{words}:"


def _answer(code: str, answer: Any) -> str:
    if isinstance(answer, list):
        return ", ".join(_answer(code, one) for one in answer)
    return str(ANSWERS.get(code, {}).get(str(answer), answer))
