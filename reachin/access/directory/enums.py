from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Need(models.TextChoices):
    """What somebody may want help with, in the words that families use (reading age 9 to 11)."""

    MONEY = "money", _("Money and bills")
    HOUSING = "housing", _("A place to live")
    FOOD = "food", _("Food")
    FEELINGS = "feelings", _("Feelings and worries")
    BEHAVIOUR = "behaviour", _("Behaviour that is hard to cope with")
    SCHOOL = "school", _("School or nursery")
    BABY = "baby", _("Pregnancy or a new baby")
    RELATIONSHIPS = "relationships", _("Getting on with each other")
    SAFETY_AT_HOME = "safety_at_home", _("Feeling safe at home")
    ALCOHOL_DRUGS = "alcohol_drugs", _("Alcohol or drugs")
    HEALTH = "health", _("Health")
    DISABILITY = "disability", _("A disability or extra needs")
    CARING = "caring", _("Looking after somebody")
    COMPANY = "company", _("Meeting other people")
    WORK = "work", _("Work or training")
    IMMIGRATION = "immigration", _("The right to live in this country")
    FAMILY_MEETING = "family_meeting", _("A family meeting to make a plan together")
    SOMETHING_ELSE = "something_else", _("Something else")


class Delivery(models.TextChoices):
    """How help reaches people."""

    AT_HOME = "at_home", _("We come to your home")
    PLACE = "place", _("You come to us")
    MOBILE = "mobile", _("We come near you, in a van or a bus")
    ONLINE = "online", _("Online")
    PHONE = "phone", _("By phone")


class ServiceStatus(models.TextChoices):
    """Whether a service helps people now. A closed service is no longer shown but stays in the record."""

    OPEN = "open", _("Open")
    PAUSED = "paused", _("Closed for now")
    CLOSED = "closed", _("Closed")


class AccessNeed(models.TextChoices):
    """What somebody may need so that they can use a service at all."""

    STEP_FREE = "step_free", _("No steps")
    HEARING_LOOP = "hearing_loop", _("A hearing loop")
    QUIET_SPACE = "quiet_space", _("A quiet space")
    LARGE_PRINT = "large_print", _("Large print")
    EASY_READ = "easy_read", _("Easy words and pictures")
    CHANGING_PLACE = "changing_place", _("A Changing Places toilet")
    PARKING_CLOSE = "parking_close", _("Parking close by")
    CHILDCARE = "childcare", _("Somebody to look after the children")


class ForWhom(models.TextChoices):
    """Whom a service is only for, where it is not for everybody."""

    WOMEN = "women", _("women")
    FATHERS = "fathers", _("fathers")
    YOUNG_CARERS = "young_carers", _("young carers")
    KINSHIP_CARERS = "kinship_carers", _("relatives and friends who bring up a child")
    CARE_EXPERIENCED = "care_experienced", _("people who have been in care")
    EXPECTING = "expecting", _("people who are expecting a baby")
    LONE_PARENTS = "lone_parents", _("parents on their own")
    DISABLED_CHILDREN = "disabled_children", _("families with a disabled child")
    DEAF_PEOPLE = "deaf_people", _("Deaf people and their families")
    GYPSY_TRAVELLERS = "gypsy_travellers", _("Gypsy/Traveller families")
    NEW_TO_COUNTRY = "new_to_country", _("people who are new to this country")
    FAMILIES_OF_PRISONERS = "families_of_prisoners", _("families with somebody in prison")
    GAELIC_SPEAKERS = "gaelic_speakers", _("people who speak or learn Gaelic")
    LGBT_YOUNG_PEOPLE = "lgbt_young_people", _("LGBT young people")


class TermKind(models.TextChoices):
    """What a word of somebody's own list of words says: what a service does, or whose situation it is for."""

    SERVICE = "service", _("What the service does")
    SITUATION = "situation", _("Whom the service is for")


LANGUAGES: dict[str, Promise] = {
    "en": _("English"),
    "gd": _("Gaelic"),
    "sco": _("Scots"),
    "bfi": _("British Sign Language"),
    "ase": _("American Sign Language"),
    "ar": _("Arabic"),
    "bn": _("Bengali"),
    "es": _("Spanish"),
    "fa": _("Farsi"),
    "fr": _("French"),
    "hi": _("Hindi"),
    "ko": _("Korean"),
    "pa": _("Punjabi"),
    "pl": _("Polish"),
    "pt": _("Portuguese"),
    "ro": _("Romanian"),
    "ru": _("Russian"),
    "so": _("Somali"),
    "tr": _("Turkish"),
    "uk": _("Ukrainian"),
    "ur": _("Urdu"),
    "vi": _("Vietnamese"),
    "yo": _("Yoruba"),
    "zh": _("Chinese"),
}
"""Languages that a service may work in, by their code (ISO 639)."""


def language_label(code: str) -> Promise | str:
    """A language in words; the code itself when it is not one that we name."""
    return LANGUAGES.get(code, code)
