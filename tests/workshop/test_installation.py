"""What the doctor says of backups, keys, headers, the audit and known weaknesses: each broken on purpose, never green unasked."""

import argparse
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.groundwork.audited_access.chain_of import write_row
from workshop import backups, databases, demo, doctor, installation, keys, places, provisions
from workshop.doctor import Finding
from workshop.progress import Trouble
from workshop.servers import Connection, Server

STRICT_SUBJECTS = {"A backup at all", "Known weaknesses of what it stands on"}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REACHIN_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return places.state()


def remembered(folder: Path, *, hours: float = 1, same_disk: bool = False) -> None:
    made_at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    backups.memory().write_text(json.dumps({"folder": str(folder), "made_at": made_at, "same_disk": same_disk}))


def what(finding: Finding | None) -> str:
    assert finding is not None
    assert finding.remedy
    return finding.what


def test_backups_that_arrive_are_well(state: Path, tmp_path: Path) -> None:
    (tmp_path / "kept" / "wal").mkdir(parents=True)
    remembered(tmp_path / "kept")
    assert installation.backups_arrive() is None
    assert installation.is_backed_up() is None


def test_a_backup_that_is_old_or_gone_or_beside_the_database_is_found(state: Path, tmp_path: Path) -> None:
    (tmp_path / "kept" / "wal").mkdir(parents=True)
    remembered(tmp_path / "kept", hours=30)
    assert "30 hours old" in what(installation.backups_arrive())
    remembered(tmp_path / "kept", same_disk=True)
    assert "same disk" in what(installation.backups_arrive())
    remembered(tmp_path / "gone")
    assert "is not there" in what(installation.backups_arrive())


def test_no_backup_is_a_trouble_for_real_families_only(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert installation.backups_arrive() is None
    assert "no backup" in what(installation.is_backed_up())
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@elsewhere/postgres")
    assert "somebody else's" in what(installation.is_backed_up())


GOOD = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("name", GOOD)
def test_a_header_that_is_missing_is_found(name: str) -> None:
    assert installation.wrong_headers(GOOD) == []
    assert installation.wrong_headers({key: value for key, value in GOOD.items() if key != name}) == [name]


@pytest.mark.parametrize(
    ("name", "weak"),
    [
        ("Content-Security-Policy", "default-src *; frame-ancestors 'none'"),
        ("Content-Security-Policy", "default-src 'self'; script-src 'unsafe-inline'; frame-ancestors 'none'"),
        ("Content-Security-Policy", "default-src 'self'"),
        ("Strict-Transport-Security", "max-age=3600"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Referrer-Policy", "unsafe-url"),
        ("Cross-Origin-Opener-Policy", "unsafe-none"),
    ],
)
def test_a_header_that_says_too_little_is_found(name: str, weak: str) -> None:
    assert installation.wrong_headers({**GOOD, name: weak}) == [name]


def auditor(tmp_path: Path, prints: str, status: int = 0) -> list[str]:
    """A program that answers as pip-audit does."""
    program = tmp_path / "auditor.py"
    program.write_text(f"import sys\nprint({prints!r})\nprint('no route to pypi.org', file=sys.stderr)\nsys.exit({status})\n")
    return [sys.executable, str(program)]


def packages(*told: dict[str, object]) -> str:
    return json.dumps({"dependencies": told, "fixes": []})


def test_packages_without_known_weaknesses_are_well(tmp_path: Path) -> None:
    assert installation.weaknesses_by(auditor(tmp_path, packages({"name": "django", "version": "5.2", "vulns": []}))) is None


def test_a_known_weakness_is_named(tmp_path: Path) -> None:
    found = packages({"name": "django", "version": "5.2", "vulns": [{"id": "PYSEC-1", "fix_versions": []}]})
    assert "django 5.2 (PYSEC-1)" in what(installation.weaknesses_by(auditor(tmp_path, found, status=1)))


@pytest.mark.parametrize("prints", ["", "{}", "half of an ans", packages(), packages({"name": "django", "skip_reason": "not found"})])
def test_what_could_not_be_looked_up_is_said_and_never_green(tmp_path: Path, prints: str) -> None:
    assert "NOTHING WAS LOOKED UP" in what(installation.weaknesses_by(auditor(tmp_path, prints)))


def test_one_package_that_could_not_be_looked_up_is_named(tmp_path: Path) -> None:
    found = packages({"name": "django", "version": "5.2", "vulns": []}, {"name": "granian", "skip_reason": "not found"})
    assert "granian" in what(installation.weaknesses_by(auditor(tmp_path, found)))


def test_without_the_program_nothing_is_green(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "NOTHING WAS LOOKED UP" in what(installation.weaknesses_by([str(tmp_path / "not-there")]))

    def cannot(group: str) -> None:
        raise Trouble("no network")

    monkeypatch.setattr(provisions, "ensure", cannot)
    assert "no network" in what(installation.weaknesses())


class Advisories(BaseHTTPRequestHandler):
    """A service of advisories (OSV) that knows one weakness, of the package `weak`."""

    weak = ""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        package, version = asked["package"]["name"], asked["version"]
        affected = {"package": {"name": package, "ecosystem": "PyPI"}, "versions": [version]}
        known = [{"id": "PYSEC-2099-1", "summary": "Invented.", "aliases": [], "affected": [affected]}] if package == self.weak else []
        told = json.dumps({"vulns": known} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *told: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def advisories(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of such a service on this machine: no network is needed."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Advisories) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/v1/query"
        monkeypatch.setenv("REACHIN_ADVISORIES", address)
        yield address
        server.shutdown()


def test_pip_audit_itself_finds_a_weakness_of_a_pinned_package(advisories: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert installation.weaknesses() is None
    monkeypatch.setattr(Advisories, "weak", "jinja2")
    found = installation.weaknesses()
    assert re.fullmatch(r"known weaknesses: jinja2 [0-9.]+ \(PYSEC-2099-1\)", what(found))


def test_pip_audit_itself_says_that_nothing_was_looked_up_where_no_service_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        monkeypatch.setenv("REACHIN_ADVISORIES", f"http://127.0.0.1:{nobody_listens.getsockname()[1]}/v1/query")
        assert "NOTHING WAS LOOKED UP" in what(installation.weaknesses())


def test_links_that_nobody_makes_any_more_are_found(db: None, admin: Connection) -> None:
    assert installation.audit_is_linked(admin) is None
    write_row(admin)
    assert installation.audit_is_linked(admin) is None, "the worker has not begun"
    admin.execute("select reachin.link_committed(10, false)")
    admin.execute("update reachin.link set linked_at = now() - interval '1 hour'")
    assert installation.audit_is_linked(admin) is None
    late = write_row(admin)
    assert installation.audit_is_linked(admin) is None, "it has just been written"
    admin.execute("update audited_access_auditevent set happened_at = now() - interval '20 minutes' where id = %s", [late])
    assert "nothing was linked" in what(installation.audit_is_linked(admin))


@pytest.fixture
def looked_at(tests_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A demo database of this test's own, with keys of its own, on the tests' server."""
    name = "reachin_doctor_test"
    monkeypatch.setattr(demo, "database", lambda: name)
    databases.drop(tests_server, name)
    databases.prepare(tests_server, name, demo=True)
    yield tests_server
    databases.drop(tests_server, name)


def test_a_real_installation_is_looked_at_as_it_is_and_never_prepared(
    looked_at: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = databases.environment(looked_at, demo.database(), mode="production")
    for name in ("REACHIN_DB_HOST", "REACHIN_DB_PORT", "REACHIN_DB_NAME", "REACHIN_KEYS"):
        monkeypatch.setenv(name, real[name])
    monkeypatch.setattr(databases, "prepare", lambda *told, **more: pytest.fail("a real database is not prepared by the doctor"))
    doctor.main(argparse.Namespace(strict=False))
    told = capsys.readouterr().out
    assert "TROUBLE  Starting in production: A demonstration: this database is marked as the demonstration" in told
    assert "well     Security headers" in told


def test_of_a_sound_installation_the_product_says_nothing_and_of_a_broken_one_what_is_broken(looked_at: Server) -> None:
    for _subject, check in doctor.PRODUCT:
        assert check(looked_at) is None
    with looked_at.administer(demo.database()) as admin:
        row_id = write_row(admin)
        admin.execute("select reachin.link_committed(10, false)")
        admin.execute("update audited_access_auditevent set event = 'other.done' where id = %s", [row_id])
        admin.execute("alter table people_person no force row level security")
    assert "not as it was" in what(installation.audit_chain(looked_at))
    assert "people_person" in what(installation.starts_in_production(looked_at))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('{"known": [2], "values": {"2": 9}}', ""),
        ('{"known": [2], "values": {}}', ""),
        ('{"known": [2], "values": {"1": 3, "2": 9}}', "no key opens 3 values"),
        ('{"known": [1, 2], "values": {"1": 3, "2": 9}}', "with 3 values"),
        ('{"known": [1, 2], "values": {"2": 9}}', "with 0 values"),
        ("Traceback", "cannot be told"),
        ("", "cannot be told"),
    ],
)
def test_keys_that_are_missing_or_left_over_are_found(tests_server: Server, monkeypatch: pytest.MonkeyPatch, told: str, said: str) -> None:
    monkeypatch.setattr(installation, "_run", lambda *given, **named: subprocess.CompletedProcess([], 0, told, ""))
    found = installation.keys_in_use(tests_server)
    assert said in what(found) if said else found is None


def test_strict_asks_more(state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def nowhere() -> Server:
        raise Trouble("no server in this test")

    monkeypatch.setattr(doctor, "for_keeps", nowhere)
    monkeypatch.setattr(doctor, "STRICT", [(subject, lambda: Finding("bad", "mend it")) for subject in sorted(STRICT_SUBJECTS)])
    keys.ensure_keys()
    for strict in (False, True):
        assert doctor.main(argparse.Namespace(strict=strict)) == 1
        said = capsys.readouterr().out
        assert all((f"TROUBLE  {subject}: bad" in said) is strict for subject in STRICT_SUBJECTS)


def test_what_is_asked_of_real_installations_only_is_known() -> None:
    assert {subject for subject, _ in doctor.STRICT} == STRICT_SUBJECTS
