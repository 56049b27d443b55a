from enum import StrEnum


class Limit(StrEnum):
    """Why a service cannot help with what is asked, whatever else speaks for it. In the order in which they are asked."""

    CLOSED = "closed"
    TAKES_NO_REQUESTS = "takes_no_requests"
    NOT_WANTED = "not_wanted"
    AREA = "area"
    AGE = "age"
    ELIGIBILITY = "eligibility"
    LANGUAGE = "language"
    ACCESS = "access"
    NEED = "need"


class Part(StrEnum):
    """What a reason is about, in the order in which reasons are told."""

    NEED = "need"
    AREA = "area"
    AGE = "age"
    ELIGIBILITY = "eligibility"
    LANGUAGE = "language"
    ACCESS = "access"
    WISH = "wish"
    DISTANCE = "distance"
    WAIT = "wait"
    CAPACITY = "capacity"
    FRESHNESS = "freshness"


class Tone(StrEnum):
    """How a reason speaks: for the service, neither way, or of something to ask about first."""

    GOOD = "good"
    NEUTRAL = "neutral"
    CHECK = "check"
