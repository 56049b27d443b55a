"""Rows by the hundred thousand: gathered as text, brought by COPY into temporary tables, and inserted from there as their owner.

COPY cannot reach a table with forced row security, not even its owner's; a temporary table has none, and the insert is guarded as ever.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connections, transaction

NONCE_BYTES = 12
NONCES_AT_ONCE = 4_096
FOREIGN_KEYS = """
select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint
where contype = 'f' and conrelid::regclass::text = any(%s::text[]) order by 1, 2
"""
NULL = "\\N"
TRUE, FALSE = "t", "f"
CARD = "requests_for_assistance_requestforassistance"
TABLES: Mapping[str, str] = {
    "people_person": "id controller_id recorded_at recorded_by",
    "people_personalias": "id person_id stands_for_id",
    "people_persondetails": "person_id sealed",
    "people_contactinstruction": "id person_id sealed told_at told_by checked_at checked_by ended_at ended_by",
    "people_protectedhome": "id person_id said_at said_by lifted_at lifted_by lifted_why",
    "information_sharing_sharingdecision": "id person_id controller_id agency_id decision purpose categories why views necessity informed"
    " not_told_why basis special_condition criminal_condition statutory_power agreement_id is_emergency beats_block decided_at decided_by"
    " review_due_at reviewed_at reviewed_by review_outcome review_words kept_back_why words_due_at completed_at completed_by",
    "information_sharing_circleentry": "id person_id agency_id account_id role decision_id purpose categories basis starts_at until"
    " recorded_at recorded_by ended_at ended_by",
    "information_sharing_block": "id person_id agency_id said_at said_by said_as lifted_at lifted_by",
    CARD: "id reference form_version asked_by channel sender_id sender_agency_id holder_agency_id duty_agency_id display_name people_count"
    " area_code urgency stage stage_since waiting_for version received_at received_by contact_due_at contact_owner_id help_started_at"
    " help_started_by closed_at closed_by outcome untold_since",
    "requests_for_assistance_requestperson": "id request_for_assistance_id alias_id relation place is_contact",
    "requests_for_assistance_storytold": "request_for_assistance_id sealed",
    "requests_for_assistance_plantold": "request_for_assistance_id sealed",
    "requests_for_assistance_safetytold": "request_for_assistance_id sealed",
    "requests_for_assistance_placetold": "request_for_assistance_id sealed postcode_digest",
    "requests_for_assistance_requestmove": "id request_for_assistance_id number stage mover reason moved_at moved_by",
    "requests_for_assistance_requestnote": "id request_for_assistance_id kind sealed questions written_at written_by answered_at"
    " answered_by",
    "requests_for_assistance_contactattempt": "id request_for_assistance_id outcome tried_at tried_by_id",
    "requests_for_assistance_dangeralert": "id request_for_assistance_id duty_agency_id raised_at taken_at taken_by_id",
    "requests_for_assistance_wayin": "id reference_digest phrase_hash chosen_at renewed_at",
    "referrals_referral": "id sending_key request_for_assistance_id request_sender_id request_sender_agency_id service_id service_name"
    " is_masked sender_agency_id receiver_agency_id display_name people_count urgency state state_since is_live version sent_at sent_by_id"
    " match_reasons decline_reason outcome helped rated_at rated_by",
    "referrals_referralperson": "id referral_id alias_id left_at left_by",
    "referrals_snapshot": "referral_id sealed taken_at taken_by",
    "referrals_referralmove": "id referral_id number state mover reason moved_at moved_by",
    "notices_message": "id about_id event is_for_staff way sealed state attempts queued_at queued_by not_before settled_at settled_by",
    "audited_access_auditevent": "id happened_at event subject_kind subject_id fields actor_kind user_id agency_id scope_id role",
}
"""Every table that is filled, with all its columns, in an order in which each finds what it points at."""

as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def plain(words: str) -> str:
    """Words as COPY reads them."""
    return words.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def as_bytes(value: bytes) -> str:
    """Bytes as COPY reads them."""
    return "\\\\x" + value.hex()


def array(codes: list[str]) -> str:
    """Codes (without commas or quotes) as an array."""
    return "{" + ",".join(codes) + "}"


class Sealing:
    """Seals as the product's field encryption does, a third as long: hundreds of thousands of times with one key, looked up once."""

    def __init__(self) -> None:
        key_id = max(settings.KEYS.field_keys)
        self._start = bytes([key_id])
        self._encrypt = AESGCM(bytes.fromhex(settings.KEYS.field_keys[key_id])).encrypt
        self._nonces: Iterator[bytes] = iter(())

    def __call__(self, words: str, field: str, row: str) -> str:
        """Words sealed for one field of one row (its id), as COPY reads them."""
        nonce = next(self._nonces, b"") or self._fresh()
        return "\\\\x" + (self._start + nonce + self._encrypt(nonce, words.encode(), f"{field}|{row}".encode())).hex()

    def _fresh(self) -> bytes:
        """The next nonce of a new store: asking the system for each costs more than the sealing."""
        store = os.urandom(NONCES_AT_ONCE * NONCE_BYTES)
        self._nonces = iter([store[start : start + NONCE_BYTES] for start in range(0, len(store), NONCE_BYTES)])
        return next(self._nonces)


class Ids:
    """Row ids such as the product makes: sorted by their millisecond, otherwise by chance (the same chance, the same ids)."""

    def __init__(self, chance: Random) -> None:
        self._bits = chance.getrandbits
        self._last, self._start = -1, ""

    def at(self, milliseconds: int) -> str:
        if milliseconds != self._last:
            text = f"{milliseconds:012x}"
            self._last, self._start = milliseconds, f"{text[:8]}-{text[8:]}-7"
        rest = f"{self._bits(72):018x}"
        return f"{self._start}{rest[:3]}-8{rest[3:6]}-{rest[6:]}"


class Bulk:
    """Lines for each table, gathered until they are stored. `tables` as TABLES has them."""

    def __init__(self, using: str, tables: Mapping[str, str] = TABLES) -> None:
        self.using, self.tables = using, tables
        self.sealed = Sealing()
        self.lines: dict[str, list[str]] = {table: [] for table in tables}

    def add(self, table: str, *values: str) -> None:
        """One row: every column's value as COPY reads it, in the order of the tables' columns."""
        self.lines[table].append("\t".join(values))

    def store(self) -> int:
        """Stores what was gathered; gives how many rows that were."""
        stored = 0
        with transaction.atomic(using=self.using), connections[self.using].cursor() as cursor:
            for table, columns in self.tables.items():
                if not self.lines[table]:
                    continue
                named = ", ".join(columns.split())
                cursor.execute(f"create temporary table arriving on commit drop as select {named} from {table} with no data")
                with cursor.copy("copy arriving from stdin") as copy:
                    copy.write("\n".join(self.lines[table]) + "\n")
                cursor.execute(f"insert into {table} ({named}) select * from arriving")
                cursor.execute("drop table arriving")
                stored += len(self.lines[table])
                self.lines[table] = []
        return stored

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Everything that is stored inside, or nothing. Keys to other tables are checked once at the end, not row by row."""
        with transaction.atomic(using=self.using), connections[self.using].cursor() as cursor:
            cursor.execute(FOREIGN_KEYS, [list(self.tables)])
            keys = cursor.fetchall()
            for table, name, _ in keys:
                cursor.execute(f"alter table {table} drop constraint {name}")
            yield
            for table, name, meaning in keys:
                cursor.execute(f"alter table {table} add constraint {name} {meaning}")
            self._refresh_statistics()

    def _refresh_statistics(self) -> None:
        """Lets the planner know what is there now."""
        with connections[self.using].cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"analyze {table}")
