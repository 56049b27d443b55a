from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardTable

CARD, ERASURE, CORRECTION, NOTICE = (
    f"information_requests_{name}" for name in ("informationrequest", "erasureentry", "correction", "partnernotice")
)
AGENCY = "(select reachin.acting_agency())"
SIGNER = "(select reachin.signer())"
IS_STAFF = "(select reachin.acting_kind()) = 'staff'"
IS_GUARDIAN = f"{IS_STAFF} and (select reachin.acting_role()) = 'information_guardian'"
AT_THE_HUB = f"{IS_STAFF} and (select reachin.acting_role()) in ('hub_worker', 'duty_worker')"
OF_OPEN = f"information_request_id = (select reachin.opened('information_request', 'contact')) and {IS_GUARDIAN}"
OF_OWN = (
    f"exists (select 1 from {CARD} card where card.id = information_request_id and card.person_id = (select reachin.opened_own())"
    " and card.state = 'released')"
)
OF_WHAT_WE_RECEIVED = (
    f"{IS_STAFF} and made_at is not null and exists (select 1 from {NOTICE} n where n.information_request_id ="
    f" {CORRECTION}.information_request_id and n.agency_id = {AGENCY} and n.subject_id = (select reachin.opened('referral', 'story')))"
)
OF_AN_OPEN_REQUEST = f"{AT_THE_HUB} and made_at is not null and subject_id = (select reachin.opened('request', 'story'))"


class Migration(migrations.Migration):
    """What becomes of an erasure or a correction is written by guardians with it open, and read by the person once it is answered.

    Partners see that there is something, and what it is only in the record that they had received.
    """

    dependencies: ClassVar = [("information_requests", "0003_carried_out")]
    operations: ClassVar = [
        GuardTable(
            ERASURE,
            see=f"({OF_OPEN}) or {OF_OWN}",
            add=f"{OF_OPEN} and gathered_by = {SIGNER} and done_at is null",
            change=OF_OPEN,
            changeable=("kept_because", "decided_at", "decided_by", "done_at", "done_by"),
        ),
        GuardTable(
            NOTICE,
            see=f"({OF_OPEN}) or ({IS_STAFF} and agency_id = {AGENCY}) or {OF_OWN}",
            add=f"{OF_OPEN} and told_by = {SIGNER} and seen_at is null",
            change=f"{IS_STAFF} and agency_id = {AGENCY}",
            changeable=("seen_at", "seen_by"),
        ),
        GuardTable(
            CORRECTION,
            see=f"({OF_OPEN}) or {OF_OWN} or ({OF_WHAT_WE_RECEIVED}) or ({OF_AN_OPEN_REQUEST})",
            add=f"{OF_OPEN} and proposed_by = {SIGNER} and made_at is null",
            change=f"{OF_OPEN} and proposed_by <> {SIGNER}",
            remove=f"{OF_OPEN} and proposed_by = {SIGNER} and made_at is null",
            changeable=("made_at", "made_by"),
        ),
    ]
