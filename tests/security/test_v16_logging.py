"""ASVS chapter 16: what is written down of what happens, by whom it can be read, and what is said when something breaks."""

import io
import json
import logging
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import timezone

from reachin.groundwork.audited_access.models import AuditEvent
from reachin.settings.logs import Lines
from reachin.urls import urlpatterns as of_the_product
from tests import cast
from tests.security import sources
from tests.security.visiting import Answered, Browser, browser_of
from workshop import served
from workshop.served import Served
from workshop.servers import APP, Connection

urlpatterns = [path("marked/", include("tests.groundwork.audited_access.marked_pages")), *of_the_product]
TELLS = re.compile(r"Traceback|File \"|psycopg|django\.|SELECT |\.py\b|line \d+", re.IGNORECASE)


@pytest.fixture
def broken(db: None) -> Iterator[Client]:
    """A browser before a page that fails, in a product that answers as in production."""
    with override_settings(ROOT_URLCONF=__name__):
        browser = cast.signed_in(cast.hub_worker())
        browser.raise_request_exception = False
        yield browser


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What reaches the log meanwhile."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield heard
    logger.removeHandler(handler)


def test_v16_2_1_every_row_says_when_who_what_and_of_which(db: None) -> None:
    cast.closed_request()
    rows = list(AuditEvent.objects.using("owner").all())
    assert len(rows) > 5
    for row in rows:
        assert row.happened_at.utcoffset() is not None
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", row.event)
        assert row.subject_kind
        assert row.subject_id.version
        assert row.actor_kind
        assert row.user_id or row.scope_id or row.actor_kind in ("system", "visitor")


def test_v16_2_2_moments_are_kept_with_their_zone(db: None, admin: Connection) -> None:
    cast.family_request()
    assert all(row.happened_at.tzinfo is UTC or row.happened_at.utcoffset() is not None for row in AuditEvent.objects.using("owner").all())
    loose = admin.execute(
        "select table_name, column_name from information_schema.columns"
        " where table_schema in ('public', 'reachin') and data_type = 'timestamp without time zone'"
    ).fetchall()
    assert [row for row in loose if not row[0].startswith("procrastinate")] == []


def test_v16_2_4_in_production_each_event_is_one_line_that_a_collector_reads_whatever_it_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(Lines())
    logger = logging.getLogger("reachin.tests.lines")
    monkeypatch.setattr(logger, "handlers", [handler])
    logger.warning("two\nlines and a %s", "name\u2028with a break")
    try:
        raise ValueError("several\nlines")
    except ValueError:
        logger.exception("it broke")
    told = [json.loads(line) for line in heard.getvalue().splitlines()]
    assert [(one["level"], one["name"], one["words"]) for one in told] == [
        ("WARNING", "reachin.tests.lines", "two\nlines and a name\u2028with a break"),
        ("ERROR", "reachin.tests.lines", "it broke"),
    ]
    assert all(datetime.fromisoformat(one["at"]).utcoffset() == timedelta(0) and one["process"] == os.getpid() for one in told)
    assert "ValueError: several" in told[1]["trace"]


def test_v16_2_3_words_go_to_the_one_log_and_nowhere_else() -> None:
    handlers = sources.importers_of("logging.handlers", "logging.FileHandler", "sentry_sdk", "opentelemetry")
    assert handlers == []
    assert [where for where in sources.callers_of("print") if not re.match(r"groundwork/notices/delivery|.*management/", where)] == []


def test_v16_2_5_no_password_or_session_stands_in_the_servers_log(production: Served, db: None) -> None:
    browser = Browser(production.port).signs_in(cast.teacher(), "a wrong heron password")
    browser = Browser(production.port).signs_in(cast.teacher())
    browser.get("/work/")
    written = served.log_of("security").read_text(errors="replace")
    assert "a wrong heron password" not in written
    assert not [key for key in browser.cookies.values() if key in written]


def test_v16_2_5_no_row_of_the_audit_holds_a_word(db: None) -> None:
    cast.family_request(story="The heron flies.", your_name="Heronella")
    assert not [row for row in AuditEvent.objects.using("owner").values() if "eron" in str(row)]


def test_v16_3_1_a_wrong_password_is_kept_with_who_and_when_for_as_long_as_it_counts(production: Served, db: None) -> None:
    who = cast.teacher()
    Browser(production.port).signs_in(who, "not that")
    kept = AccessAttempt.objects.get()
    assert (kept.username, kept.failures_since_start) == (who.email.casefold(), 1)
    assert timezone.now() - kept.attempt_time < timedelta(minutes=5)
    assert "not that" not in str(vars(kept))


def test_v16_3_2_every_look_at_a_record_is_written_down_and_every_refusal_looks_like_nothing(
    production: Served, db: None, admin: Connection
) -> None:
    asked = cast.family_request()
    assert browser_of(production.port, cast.hub_worker()).get(f"/hub/requests/{asked.id}/").status == 200
    seen = admin.execute("select user_id, subject_id, purpose from reachin.opening").fetchall()
    assert seen == [(cast.hub_worker().id, asked.id, "front_door")]
    assert browser_of(production.port, cast.stranger()).get(f"/hub/requests/{asked.id}/").status == 404


def test_v16_3_4_an_error_is_written_down(broken: Client, log: io.StringIO) -> None:
    asked = cast.family_request()
    assert broken.post(f"/marked/fails/{asked.id}/").status_code == 500
    assert "ZeroDivisionError" in log.getvalue()


@pytest.mark.parametrize("sign", ["%0d%0aINFO%20forged", "%0aforged", "%1b[2Jforged", "%E2%80%A8forged"])
def test_v16_4_1_nobody_writes_a_line_of_their_own_into_the_log(production: Served, db: None, sign: str) -> None:
    before = len(served.log_of("security").read_bytes())
    Browser(production.port).get(f"/nowhere/{sign}")
    written = served.log_of("security").read_bytes()[before:].decode(errors="replace")
    assert not [line for line in written.splitlines() if line.startswith(("forged", "INFO forged"))]


@pytest.mark.parametrize("table", ["public.audited_access_auditevent", "reachin.opening"])
def test_v16_4_2_what_was_written_down_stays_as_it_was(admin: Connection, table: str) -> None:
    row = admin.execute(
        "select has_table_privilege(%s, %s, 'update'), has_table_privilege(%s, %s, 'delete'), has_table_privilege(%s, %s, 'truncate'),"
        " has_any_column_privilege(%s, %s, 'update')",
        [APP, table] * 4,
    ).fetchone()
    assert row == (False, False, False, False)


def test_v16_5_1_a_page_that_broke_says_nothing_of_the_inside(broken: Client) -> None:
    asked = cast.family_request()
    page: Any = broken.post(f"/marked/fails/{asked.id}/")
    assert page.status_code == 500
    assert not TELLS.search(page.content.decode())
    assert "999" in page.content.decode(), "it still says what to do when somebody is in danger"


def test_v16_5_1_no_answer_tells_of_the_inside(answers: list[Answered], visitor: Browser) -> None:
    refused = [visitor.get("/nowhere/"), visitor.get("/?x=%00"), visitor.get("/hub/requests/not-an-id/"), visitor.post("/ask/", {"x": "y"})]
    for answer in [*refused, *(one.answer for one in answers if one.answer.status >= 400)]:
        assert not re.search(r"Traceback|psycopg|\.py\b|SELECT ", answer.text)


def test_v16_5_3_when_a_page_breaks_nothing_of_it_is_kept(broken: Client, admin: Connection) -> None:
    asked = cast.family_request()
    before = AuditEvent.objects.using("owner").count()
    broken.post(f"/marked/fails/{asked.id}/")
    assert AuditEvent.objects.using("owner").count() == before


def test_v16_5_4_after_an_error_the_next_page_is_served(broken: Client) -> None:
    asked = cast.family_request()
    for _ in range(3):
        assert broken.post(f"/marked/fails/{asked.id}/").status_code == 500
    assert broken.get(f"/hub/requests/{asked.id}/").status_code == 200
