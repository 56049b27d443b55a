from datetime import datetime

from reachin.access.requests_for_assistance.notices import WORK_SUBJECT, WORK_WORDS
from reachin.groundwork.notices.actions import queue_message
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import StaffContact

from .models import Referral


def tell_receiver(referral: Referral, *, event: str, now: datetime) -> Message | None:
    """Tells the agency that was asked that something waits for it, or that the family or the sender took it back.

    None where nobody signs in there (the hub telephones) or no address is known.
    """
    receiver = referral.receiver_agency
    if not receiver.uses_reach_in or not receiver.email:
        return None
    return queue_message(
        referral.id, to=StaffContact(receiver.email), event=event, subject=str(WORK_SUBJECT), words=str(WORK_WORDS), now=now
    )
