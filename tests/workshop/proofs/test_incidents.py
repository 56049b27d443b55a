"""Each replay of an incident with its guard taken away: it has to see that it happened again."""

import ast
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from reachin.access.referrals import actions as referrals
from reachin.access.referrals.rules import snapshot_of
from reachin.access.requests_for_assistance import notices as request_notices
from reachin.access.requests_for_assistance.models import StoryTold
from reachin.families.information_requests import actions as information
from reachin.families.people.models import PersonDetails
from reachin.families.people.rules import facts_to_answers
from reachin.groundwork.notices import actions as messages
from reachin.groundwork.notices.enums import MessageState
from reachin.interfaces.hub import delays
from reachin.interfaces.practitioner import inbox
from tests import cast
from workshop import backups, named, places
from workshop.keys import ensure_keys
from workshop.local_postgres import LocalPostgres
from workshop.proofs import incidents, incidents_backup, seen
from workshop.proofs.replaying import Replay
from workshop.servers import Connection

COPY = ("family:asked", "family:asked_print")
RECEIVED = ("practitioner:referral", "practitioner:referral_print")


def played(incident: str, *among: str) -> list[str]:
    """What a replay found wrong, its walks kept to these addresses."""
    replay = Replay(incident, among=among)
    incidents.INCIDENTS[incident](replay)
    return replay.wrong


def says(wrong: list[str], *words: str) -> bool:
    return any(all(word in line for word in words) for line in wrong)


@contextmanager
def policy_open(admin: Connection, table: str) -> Iterator[None]:
    """Inside, whoever asks sees every row of a table."""
    row = admin.execute(
        "select pg_get_expr(polqual, polrelid) from pg_policy where polrelid = %s::regclass and polname = 'app_sees'", [table]
    ).fetchone()
    assert row is not None
    admin.execute(f"alter policy app_sees on {table} using (true)".encode())
    try:
        yield
    finally:
        admin.execute(f"alter policy app_sees on {table} using ({row[0]})".encode())


def test_there_are_nine_and_each_is_called_as_it_is_known() -> None:
    assert len(incidents.INCIDENTS) == 9
    assert "incidents" in named.available("proofs")


def test_an_old_address_is_seen_where_an_agency_goes_on_reading_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "contact_told_since_sent", lambda: None)
    assert says(played("address to old address", *RECEIVED), "as the charity that was asked holds")


def test_an_old_address_is_seen_where_messages_go_on_to_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_notices, "contact_changed", lambda *told, **how: None)
    assert says(played("address to old address", "public:start"), "what went out after she left holds")


def test_a_secret_home_on_a_paper_for_the_court_is_seen(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "for_paper", dict)
    wrong = played("court bundle", *RECEIVED)
    assert says(wrong, "prints:", "as a charity that was told where holds")
    assert says(wrong, "prints:", "a paper of what became a secret later holds")


def test_each_of_the_nine_is_played_here_with_its_guard_away() -> None:
    calls = [node for node in ast.walk(ast.parse(Path(__file__).read_text("utf-8"))) if isinstance(node, ast.Call) and node.args]
    named_first = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ("played", "Replay") and isinstance(call.args[0], ast.Constant)
    }
    assert named_first == set(incidents.INCIDENTS)


def test_a_voicemail_is_seen_where_a_machine_sends_what_a_person_has_to_tell(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "first_state", lambda to: MessageState.QUEUED)
    monkeypatch.setattr(request_notices, "NEWS_SUBJECT", "Strathlennan Women's Aid rang")
    wrong = played("voicemail")
    assert says(wrong, "messages: text no:")
    assert says(wrong, "a message to a family says", "Women's Aid")


def joined_as_own(original: Callable[..., Any], **marks: bool) -> Callable[..., Any]:
    """Gathering that takes every record that was joined, and what marks say of entries, for the person's own words."""

    def gathered(asked: Any, found: Any, **how: Any) -> Any:
        return original(asked, [(replace(entry, **marks), False) for entry, _is_joined in found], **how)

    return gathered


def test_an_adopted_childs_other_name_is_seen_in_a_copy(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(information, "_entries", joined_as_own(information._entries))
    assert says(played("adopted child", *COPY), "as the child, by the record of the first family holds")


def test_a_report_that_nobody_redacted_is_seen(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(information, "_entries", joined_as_own(information._entries, others_words=False, childs_confidence=False))
    wrong = played("unredacted report", *COPY)
    assert says(wrong, "as whoever asked for the report holds")
    assert says(wrong, "holds Joint inquiry unit")


def test_a_report_is_seen_whose_withheld_parts_the_database_gives_away(db: None, admin: Connection) -> None:
    with policy_open(admin, "information_requests_copyentry"):
        assert says(played("unredacted report", *COPY), "as whoever asked for the report holds")


def test_an_enquirer_who_is_named_is_seen(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(information, "_entries", joined_as_own(information._entries, others_words=False))
    assert says(played("enquirer named", *COPY), "as the mother who was named holds")


def test_a_neighbours_child_is_seen_in_what_was_shared(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def of_the_whole_street(answers: Any, *, people: Any, shares: Any) -> Any:
        everybody = [{**facts_to_answers(one.facts()), "relation": "child"} for one in PersonDetails.objects.using("owner").all()]
        return snapshot_of(answers, people=everybody, shares=shares)

    monkeypatch.setattr(referrals, "snapshot_of", of_the_whole_street)
    assert says(played("neighbour's child in a plan", *RECEIVED), "as the charity of both holds")


def workbook(words: str) -> bytes:
    """A file with figures, and with what somebody told on a sheet that no eye sees."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", '<sheets><sheet name="Figures"/><sheet name="Names" state="hidden"/></sheets>')
        book.writestr("xl/worksheets/sheet2.xml", f"<c><v>{words}</v></c>")
    return packed.getvalue()


def test_a_hidden_sheet_is_seen_in_a_file_that_a_list_gives_out(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def as_a_file(*told: Any, **how: Any) -> HttpResponse:
        words = " ".join(str(one.answers()) for one in StoryTold.objects.using("owner").all())
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return HttpResponse(workbook(words), content_type=kind, headers={"Content-Disposition": "attachment; filename=delays.xlsx"})

    monkeypatch.setattr(delays, "render", as_a_file)
    wrong = played("hidden sheet", "public:start")
    assert says(wrong, "lists and searches: /hub/delays/ as")
    assert says(wrong, 'holds state="hidden"')
    assert says(wrong, "a file of an unknown kind")


def test_what_no_eye_sees_is_read_in_every_kind_of_file() -> None:
    pdf = b"%PDF-1.7\nstream\n" + zlib.compress(b"(heron) Tj") + b"\nendstream"
    for body in (workbook("heron"), gzip.compress(workbook("heron")), pdf, b"<!-- heron -->"):
        assert "heron" in "\n".join(seen.parts_of(body))
    assert "heron" not in "\n".join(seen.parts_of(workbook("plover")))


def test_a_backup_that_would_go_with_the_rest_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    home = LocalPostgres(places.state() / "postgres-incident")
    sound, careless = Replay("backups lost with the rest"), Replay("backups lost with the rest")
    incidents_backup.refused_beside_it(sound, home)
    monkeypatch.setattr(backups, "refuse_bad_place", lambda folder, postgres: None)
    incidents_backup.refused_beside_it(careless, home)
    assert (sound.wrong, len(careless.wrong)) == ([], careless.checks)


def test_a_key_and_a_story_in_a_backup_are_seen(db: None, tmp_path: Any) -> None:
    cast.hub()
    replay = Replay("backups lost with the rest")
    (tmp_path / "keys.json").write_bytes(ensure_keys().read_bytes())
    incidents_backup.unread(replay, tmp_path)
    assert says(replay.wrong, "a key lies in the backup")
