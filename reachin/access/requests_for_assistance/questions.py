"""The questions of the front door, by form version. Answers keep the version under which they were given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reachin.access.directory.enums import Need
from reachin.families.information_sharing.enums import Category
from reachin.groundwork.notices.enums import ContactWay, MayLeaveMessage

from .enums import AskedBy

Words = str | Promise
Choices = tuple[tuple[str, Words], ...]

FAMILY = frozenset(set(AskedBy) - {AskedBy.PRACTITIONER})
EVERYBODY = frozenset(AskedBy)
PRACTITIONER = frozenset({AskedBy.PRACTITIONER})
LONG_TEXT_MOST = 10_000
SHORT_TEXT_MOST = 200


class QuestionKind(StrEnum):
    """How a question is answered. `agencies` is some of the partner agencies, by id; `people` a list of persons."""

    SHORT = "short"
    LONG = "long"
    ONE_OF = "one_of"
    SOME_OF = "some_of"
    AGENCIES = "agencies"
    PEOPLE = "people"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its code (a constant), how it is answered, who is asked, what kind of words it gives, and its own words."""

    code: str
    kind: QuestionKind
    category: Category
    words: Words
    hint: Words = ""
    choices: Choices = ()
    asked_of: frozenset[AskedBy] = EVERYBODY
    words_for: Mapping[AskedBy, Words] = field(default_factory=dict)
    hint_for: Mapping[AskedBy, Words] = field(default_factory=dict)
    choices_for: Mapping[AskedBy, Mapping[str, Words]] = field(default_factory=dict)
    """Choices that an asker reads in other words; which choices there are is the same for all."""

    def words_to(self, asked_by: AskedBy) -> Words:
        """The question as this asker reads it."""
        return self.words_for.get(asked_by, self.words)

    def hint_to(self, asked_by: AskedBy) -> Words:
        return self.hint_for.get(asked_by, self.hint)

    def choices_to(self, asked_by: AskedBy) -> Choices:
        """The choices as this asker reads them."""
        theirs = self.choices_for.get(asked_by, {})
        return tuple((value, theirs.get(value, words)) for value, words in self.choices)


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page of the form: one thing, asked by one question or a few that belong together."""

    slug: str
    section: str
    title: Words
    questions: tuple[Question, ...]
    intro: Words = ""
    title_for: Mapping[AskedBy, Words] = field(default_factory=dict)

    def title_to(self, asked_by: AskedBy) -> Words:
        return self.title_for.get(asked_by, self.title)

    def questions_for(self, asked_by: AskedBy) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if asked_by in question.asked_of)


YES_NO_NOT_SURE: Choices = (("yes", _("Yes")), ("no", _("No")), ("not_sure", _("I am not sure")))

SECTIONS: tuple[tuple[str, Words], ...] = (
    ("happening", _("What is going on")),
    ("people", _("Who it is about")),
    ("contact", _("Getting in touch safely")),
    ("together", _("How we can help")),
    ("agency", _("What you know as a practitioner")),
)

STORY = Question(
    "story",
    QuestionKind.LONG,
    Category.STORY,
    _("What is going on?"),
    hint=_("Use your own words. A few lines are enough. You will not have to tell it again to everybody you meet."),
    words_for={
        AskedBy.YOUNG_PERSON: _("What is worrying you?"),
        AskedBy.EXPECTING: _("What is going on for you and your baby?"),
        AskedBy.PRACTITIONER: _("What is going on for the family?"),
    },
    hint_for={AskedBy.PRACTITIONER: _("Use the family's own words where you can. Say what you saw and what you were told.")},
)
HELP_WITH = Question(
    "help_with",
    QuestionKind.SOME_OF,
    Category.STORY,
    _("What would you like help with?"),
    hint=_("Choose as many as you like."),
    choices=tuple(Need.choices),
    words_for={AskedBy.PRACTITIONER: _("What would the family like help with?")},
)
WISHES = Question(
    "wishes",
    QuestionKind.LONG,
    Category.STORY,
    _("What would you like to happen?"),
    words_for={AskedBy.PRACTITIONER: _("What would the family like to happen?")},
)
NOT_WANTED = Question(
    "not_wanted",
    QuestionKind.LONG,
    Category.STORY,
    _("Is there anything you would not like?"),
    hint=_("For example, somebody coming to your home, or a group."),
    hint_for={AskedBy.PRACTITIONER: _("For example, somebody coming to their home, or a group.")},
    words_for={AskedBy.PRACTITIONER: _("Is there anything the family would not like?")},
)
IN_DANGER = Question(
    "in_danger",
    QuestionKind.ONE_OF,
    Category.SAFETY,
    _("Is anybody in danger, or might they be hurt?"),
    hint=_("If somebody is in danger now, call 999. You do not have to wait for us."),
    choices=YES_NO_NOT_SURE,
)
PEOPLE = Question("people", QuestionKind.PEOPLE, Category.CONTACT, _("Who would the help be for?"))
YOUR_NAME = Question(
    "your_name",
    QuestionKind.SHORT,
    Category.CONTACT,
    _("What should we call you?"),
    hint=_("A first name is enough."),
    asked_of=FAMILY,
)
CONTACT_WAY = Question(
    "contact_way",
    QuestionKind.ONE_OF,
    Category.CONTACT,
    _("How is it safe for us to be in touch?"),
    choices=tuple(ContactWay.choices),
    words_for={AskedBy.PRACTITIONER: _("How is it safe to be in touch with the family?")},
    choices_for={
        AskedBy.PRACTITIONER: {
            ContactWay.THROUGH: _("Through somebody they trust"),
            ContactWay.COME_BACK: _("They will look here themselves"),
        }
    },
)
PHONE = Question("phone", QuestionKind.PHONE, Category.CONTACT, _("Phone number"), hint=_("For a phone call or a text message."))
EMAIL = Question("email", QuestionKind.EMAIL, Category.CONTACT, _("Email address"))
ADDRESS = Question("address", QuestionKind.LONG, Category.PROTECTED_ADDRESS, _("Address for a letter"))
THROUGH = Question(
    "through",
    QuestionKind.SHORT,
    Category.CONTACT,
    _("Who can pass it on, and how do we reach them?"),
    hint=_("For example, a teacher, a grandparent or a worker you trust."),
    hint_for={AskedBy.PRACTITIONER: _("For example, a grandparent, or you yourself.")},
)
SAFE_TIMES = Question(
    "safe_times", QuestionKind.SHORT, Category.CONTACT, _("When is a good and safe time?"), hint=_("For example, school hours.")
)
MAY_LEAVE = Question(
    "may_leave_message",
    QuestionKind.ONE_OF,
    Category.CONTACT,
    _("May we leave or send a message?"),
    hint=_("If you do not choose, we will not leave one. A message never says what it is about."),
    choices=tuple(MayLeaveMessage.choices),
)
WHO_MAY_ANSWER = Question(
    "who_may_answer",
    QuestionKind.SHORT,
    Category.CONTACT,
    _("Who else might answer, and is that all right?"),
    hint=_("For example, my mum, and she knows."),
    hint_for={AskedBy.PRACTITIONER: _("For example, the grandmother, and she knows.")},
)
COVER_NAME = Question(
    "cover_name",
    QuestionKind.SHORT,
    Category.CONTACT,
    _("What should we say if somebody else answers?"),
    hint=_("For example, say that you are from the library."),
)
FIRST_CONTACT = Question(
    "first_contact",
    QuestionKind.ONE_OF,
    Category.CONTACT,
    _("Who should be in touch first?"),
    hint=_("You choose. It does not change what help you can get."),
    hint_for={AskedBy.PRACTITIONER: _("The family chooses. It does not change what help they can get.")},
    choices=(
        ("hub", _("Somebody from the family support team")),
        ("charity", _("A charity")),
        ("school", _("The school or nursery")),
        ("health_visitor", _("A health visitor, midwife or nurse")),
        ("social_work", _("Social work")),
        ("known", _("Somebody I know")),
    ),
    choices_for={AskedBy.PRACTITIONER: {"known": _("Somebody they know")}},
)
FIRST_CONTACT_NAME = Question(
    "first_contact_name",
    QuestionKind.SHORT,
    Category.CONTACT,
    _("Their name, if you know it"),
    hint=_("Leave this empty if you do not mind who."),
    hint_for={AskedBy.PRACTITIONER: _("Leave this empty if they do not mind who.")},
)
HIDDEN_HOME = Question(
    "home_is_secret",
    QuestionKind.ONE_OF,
    Category.SAFETY,
    _("Does it have to stay secret where you live?"),
    choices=(("yes", _("Yes, keep it secret")), ("no", _("No"))),
    words_for={AskedBy.PRACTITIONER: _("Does it have to stay secret where they live?")},
)
MUST_NOT_KNOW = Question(
    "must_not_know",
    QuestionKind.LONG,
    Category.SAFETY,
    _("Is there anybody who must not see this or hear about it?"),
    hint=_("For example, an ex-partner, a relative, or somebody they know who works in a service."),
)
BLOCKED = Question(
    "blocked_agencies",
    QuestionKind.AGENCIES,
    Category.SAFETY,
    _("Are there organisations that must not see it?"),
    hint=_("We will not show it to them or ask them to help. By law we may have to act if a child is in danger."),
)
PLACE = Question(
    "place",
    QuestionKind.SHORT,
    Category.PROTECTED_ADDRESS,
    _("Where do you live, or where are you staying?"),
    hint=_("A town, village or postcode is enough. You do not need one to ask for help."),
    hint_for={AskedBy.PRACTITIONER: _("A town, village or postcode is enough. Nobody needs one to be helped.")},
    words_for={AskedBy.PRACTITIONER: _("Where does the family live or stay?")},
)
LANGUAGES = Question(
    "language",
    QuestionKind.SHORT,
    Category.CONTACT,
    _("Which language is best for you?"),
    hint=_("For example, Gaelic, Polish or British Sign Language. We can ask an interpreter to help."),
    words_for={AskedBy.PRACTITIONER: _("Which language is best for the family?")},
)
SUPPORTS = Question(
    "communication",
    QuestionKind.SHORT,
    Category.CONTACT,
    _("Is there anything that makes it easier to talk with you or to meet?"),
    hint=_("For example, large print, a quiet room, no stairs, or somebody with you."),
    words_for={AskedBy.PRACTITIONER: _("Is there anything that makes it easier to talk with them or to meet?")},
    hint_for={AskedBy.PRACTITIONER: _("For example, large print, a quiet room, no stairs, or somebody with them.")},
)
FAMILY_MEETING = Question(
    "family_meeting",
    QuestionKind.ONE_OF,
    Category.STORY,
    _("Would a family meeting help?"),
    hint=_("The people who matter to you come together and decide what should happen. We help to set it up. You choose who comes."),
    hint_for={
        AskedBy.PRACTITIONER: _("Those who matter to the family come together and decide. The family chooses who comes. Offer it always.")
    },
    choices=(("yes", _("Yes")), ("tell_me_more", _("Maybe, tell me more")), ("no", _("No")), ("not_now", _("Not now"))),
)
FAMILY_MEETING_NOT = Question(
    "family_meeting_not_offered",
    QuestionKind.SHORT,
    Category.STORY,
    _("If a family meeting was not offered, why?"),
    asked_of=PRACTITIONER,
)
FAMILY_KNOWS = Question(
    "family_knows",
    QuestionKind.ONE_OF,
    Category.STORY,
    _("Does the family know that you are asking?"),
    choices=(
        ("asked_with", _("Yes, we are filling this in together")),
        ("agreed", _("Yes, and they agree")),
        ("told", _("They were told")),
        ("not_told", _("No, they were not told")),
    ),
    asked_of=PRACTITIONER,
)
WHY_NOT_TOLD = Question("why_not_told", QuestionKind.LONG, Category.STORY, _("If they were not told, why not?"), asked_of=PRACTITIONER)
CHILDS_VIEW = Question(
    "childs_view",
    QuestionKind.LONG,
    Category.STORY,
    _("What do the child or young person say about it?"),
    hint=_("In their own words. Say if you could not ask, and why."),
    asked_of=PRACTITIONER,
)
TRIED = Question("tried", QuestionKind.LONG, Category.STORY, _("What has been tried, and what did it change?"), asked_of=PRACTITIONER)
PLAN = Question(
    "childs_plan",
    QuestionKind.ONE_OF,
    Category.PLAN,
    _("Is there a child's plan?"),
    choices=YES_NO_NOT_SURE,
    asked_of=PRACTITIONER,
)
REACH_ME = Question(
    "reach_me",
    QuestionKind.SHORT,
    Category.STORY,
    _("How can we reach you about this request?"),
    hint=_("A direct number and the best times."),
    asked_of=PRACTITIONER,
)

VERSION_1: tuple[FormPage, ...] = (
    FormPage("story", "happening", STORY.words, (STORY,), title_for=STORY.words_for),
    FormPage("help", "happening", HELP_WITH.words, (HELP_WITH,), title_for=HELP_WITH.words_for),
    FormPage("wishes", "happening", _("What you would like, and what you would not"), (WISHES, NOT_WANTED)),
    FormPage("danger", "happening", IN_DANGER.words, (IN_DANGER,)),
    FormPage("your-name", "people", YOUR_NAME.words, (YOUR_NAME,)),
    FormPage("people", "people", PEOPLE.words, (PEOPLE,)),
    FormPage("contact", "contact", CONTACT_WAY.words, (CONTACT_WAY, PHONE, EMAIL, ADDRESS, THROUGH), title_for=CONTACT_WAY.words_for),
    FormPage("safe-times", "contact", _("When it is safe, and who may answer"), (SAFE_TIMES, MAY_LEAVE, WHO_MAY_ANSWER, COVER_NAME)),
    FormPage("first-contact", "contact", FIRST_CONTACT.words, (FIRST_CONTACT, FIRST_CONTACT_NAME)),
    FormPage("must-not-see", "contact", _("Who must not see this"), (MUST_NOT_KNOW, BLOCKED)),
    FormPage("place", "together", PLACE.words, (PLACE, HIDDEN_HOME), title_for=PLACE.words_for),
    FormPage("language", "together", _("Language, and what makes it easier"), (LANGUAGES, SUPPORTS)),
    FormPage("family-meeting", "together", FAMILY_MEETING.words, (FAMILY_MEETING, FAMILY_MEETING_NOT)),
    FormPage("agency", "agency", _("What you know as a practitioner"), (FAMILY_KNOWS, WHY_NOT_TOLD, CHILDS_VIEW, TRIED, PLAN, REACH_ME)),
)

FORM_VERSIONS: Mapping[int, tuple[FormPage, ...]] = {1: VERSION_1}
NEWEST_VERSION = max(FORM_VERSIONS)


@cache
def pages_for(version: int, asked_by: AskedBy) -> tuple[FormPage, ...]:
    """The pages of a form version that this asker meets, in order. Raises KeyError for a version that never was."""
    return tuple(page for page in FORM_VERSIONS[version] if page.questions_for(asked_by))


def questions_for(version: int, asked_by: AskedBy) -> dict[str, Question]:
    """The questions that this asker is asked, by code, in order."""
    return {question.code: question for page in pages_for(version, asked_by) for question in page.questions_for(asked_by)}


def sections_for(version: int, asked_by: AskedBy) -> dict[str, list[Question]]:
    """The questions that this asker is asked, by section, in order: for those who ask several on one page."""
    sections: dict[str, list[Question]] = {}
    for page in pages_for(version, asked_by):
        sections.setdefault(page.section, []).extend(page.questions_for(asked_by))
    return sections
