"""What is in a database, read by its owner past every guard: the facts from which an oracle says who may see what."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.rows import namedtuple_row

from workshop.servers import Connection

Row = Any
"""A row by the names of its columns."""
KEYS: Mapping[str, str] = {
    "people_persondetails": "person_id",
    **{f"requests_for_assistance_{kind}told": "request_for_assistance_id" for kind in ("story", "plan", "safety", "place")},
    "requests_for_assistance_quarantine": "request_for_assistance_id",
    "referrals_snapshot": "referral_id",
}
"""The primary keys that are not called id."""
COLUMNS: Mapping[str, str] = {
    "people_person": "controller_id",
    "people_personalias": "person_id stands_for_id",
    "people_persondetails": "",
    "people_contactinstruction": "person_id",
    "people_protectedhome": "person_id lifted_at",
    "information_sharing_circleentry": "person_id agency_id account_id decision_id purpose categories starts_at until ended_at",
    "information_sharing_block": "person_id agency_id said_as lifted_at",
    "information_sharing_sharingagreement": "",
    "information_sharing_agreementparty": "",
    "information_sharing_sharingdecision": "person_id controller_id informed beats_block review_due_at",
    "information_sharing_emergencyaccess": "kind subject_id account_id agency_id controller_id starts_at until",
    "requests_for_assistance_draftrequest": "started_by_id",
    "requests_for_assistance_wayin": "",
    "requests_for_assistance_requestforassistance": "reference asked_by sender_id sender_agency_id holder_agency_id duty_agency_id"
    " display_name received_at",
    "requests_for_assistance_requestperson": "request_for_assistance_id alias_id is_contact",
    "requests_for_assistance_storytold": "",
    "requests_for_assistance_plantold": "",
    "requests_for_assistance_safetytold": "",
    "requests_for_assistance_placetold": "",
    "requests_for_assistance_requestmove": "request_for_assistance_id",
    "requests_for_assistance_requestnote": "request_for_assistance_id kind written_by",
    "requests_for_assistance_contactattempt": "request_for_assistance_id",
    "requests_for_assistance_dangeralert": "request_for_assistance_id duty_agency_id",
    "requests_for_assistance_quarantine": "",
    "referrals_referral": "request_for_assistance_id request_sender_id request_sender_agency_id sender_agency_id receiver_agency_id state"
    " is_live",
    "referrals_referralperson": "referral_id alias_id",
    "referrals_snapshot": "",
    "referrals_referralmove": "referral_id",
    "referrals_referralnote": "referral_id",
    "record_linkage_pair": "agency_id one_id other_id",
    "record_linkage_merge": "pair_id",
    "record_linkage_moved": "merge_id",
    "information_requests_informationrequest": "person_id controller_id kind state",
    "information_requests_informationwords": "information_request_id kind",
    "information_requests_copyentry": "information_request_id is_withheld",
    "information_requests_erasureentry": "information_request_id",
    "information_requests_partnernotice": "information_request_id agency_id subject_id",
    "information_requests_correction": "information_request_id what subject_id made_at",
    "retention_destructionreview": "controller_id subject_id",
    "retention_legalhold": "agency_id alias_id subject_id",
    "own_accounts_ownaccount": "person_id begun_at confirmed_at ended_at",
    "notices_message": "about_id is_for_staff",
    "one_time_links_onetimelink": "made_by agency_id",
    "audited_access_auditevent": "agency_id",
    "audited_access_openingbrake": "user_id agency_id",
}
"""Of every guarded table, what has to be known of a row beside its key to say who sees it. Nothing that was told in words."""


class Facts:
    """Every row of every guarded table, at one moment."""

    def __init__(self, owner: Connection) -> None:
        self._rows: dict[str, list[Row]] = {}
        self._by: dict[tuple[str, str], dict[Hashable, list[Row]]] = {}
        cursor = owner.cursor(row_factory=namedtuple_row)
        self.now: datetime = cursor.execute("select now() as moment").fetchone().moment  # type: ignore[union-attr]
        for table, columns in COLUMNS.items():
            named = [sql.SQL("{} as id").format(sql.Identifier(key_of(table))), *map(sql.Identifier, columns.split())]
            cursor.execute(sql.SQL("select {} from {}").format(sql.SQL(", ").join(named), sql.Identifier(table)))
            self._rows[table] = cursor.fetchall()

    def all(self, table: str) -> Sequence[Row]:
        return self._rows[table]

    def by(self, table: str, column: str, *values: Hashable) -> Iterable[Row]:
        """The rows that have one of these values in a column; what is missing is no value."""
        index = self._by.get((table, column))
        if index is None:
            index = defaultdict(list)
            for row in self._rows[table]:
                index[getattr(row, column)].append(row)
            self._by[table, column] = index
        for value in values:
            if value is not None and value in index:
                yield from index[value]

    def one(self, table: str, key: UUID | None) -> Row | None:
        """The row of that key, or nothing."""
        return next(iter(self.by(table, "id", key)), None)


def key_of(table: str) -> str:
    """The column that names a row of this table."""
    return KEYS.get(table, "id")
