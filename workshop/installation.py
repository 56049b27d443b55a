"""What the doctor looks at beside the machine and the database's catalogue: backups, keys in use, answers, the audit, what it stands on."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from workshop import backups, databases, demo, places, provisions
from workshop.doctor import Finding, looks_at_database, looks_at_machine, looks_at_product
from workshop.local_postgres import ARCHIVE
from workshop.progress import Trouble
from workshop.servers import APP, OWNER, Connection, Server, for_keeps

OLDEST_BACKUP = timedelta(hours=26)
WAITING = timedelta(minutes=10)
LOOK_UP_SECONDS = 300
AGAIN = "start.py backup DIR, every day, to a folder on another disk or machine"
HEADERS = {
    "Content-Security-Policy": r"(?!.*unsafe)(?=.*default-src 'self')(?=.*frame-ancestors 'none')",
    "Strict-Transport-Security": r"max-age=(31536000|[4-9]\d{7}|\d{9,})",
    "X-Frame-Options": r"DENY$",
    "X-Content-Type-Options": r"nosniff$",
    "Referrer-Policy": r"(same-origin|strict-origin|no-referrer)$",
    "Cross-Origin-Opener-Policy": r"same-origin$",
}
"""What each answer has to say, as patterns for its beginning."""


@looks_at_machine("Backups")
def backups_arrive() -> Finding | None:
    """Where a backup was ever made: a day old at most, on another disk, and the log goes on arriving there."""
    if not backups.memory().exists():
        return None
    told = json.loads(backups.memory().read_text())
    age = datetime.now(UTC) - datetime.fromisoformat(told["made_at"])
    if age > OLDEST_BACKUP:
        return Finding(f"the last backup is {age.total_seconds() / 3600:.0f} hours old", AGAIN)
    if not Path(told["folder"], "wal").is_dir():
        return Finding(
            f"{told['folder']} is not there: nothing that is written now is kept", "bring that disk back, or back up to another folder"
        )
    if told["same_disk"]:
        return Finding(f"{told['folder']} lies on the same disk as the database", AGAIN)
    return None


@looks_at_machine("A backup at all", strict=True)
def is_backed_up() -> Finding | None:
    """Real families' words are backed up."""
    if os.environ.get("DATABASE_URL"):
        remedy = "see in docs/security/deployers-guide.md what to ask of whoever runs that server; a drill is the only proof"
        return Finding("the database is somebody else's server, whose backups cannot be seen from here", remedy)
    return None if backups.memory().exists() else Finding("there is no backup", AGAIN)


@looks_at_database("The log's way to the archive")
def log_is_archived(admin: Connection) -> Finding | None:
    """Whether the server's last try to put its log into the folder of backups succeeded."""
    postgres = for_keeps().postgres
    if postgres is None or not (postgres.home / ARCHIVE).is_symlink():
        return None
    failed = admin.execute(
        "select last_failed_wal from pg_stat_archiver where last_failed_time > coalesce(last_archived_time, '-infinity')"
    )
    row = failed.fetchone()
    if row is None:
        return None
    remedy = f"see the end of {postgres.log}; the log is kept meanwhile and fills the disk"
    return Finding(f"{row[0]} could not be put into {(postgres.home / ARCHIVE).readlink()}", remedy)


@looks_at_product("Keys in use")
def keys_in_use(found: Server | None) -> Finding | None:
    """Every key that sealed something is known, and only the newest is in use."""
    told = _json(_run(found, ["field_keys"], role=OWNER))
    if told is None:
        return Finding("which keys are in use cannot be told", "run `start.py manage field_keys` and read why")
    known, values = set(told["known"]), {int(key_id): count for key_id, count in told["values"].items()}
    if lost := {key_id: count for key_id, count in values.items() if key_id not in known}:
        return Finding(f"no key opens {sum(lost.values())} values (field keys {_listed(lost)})", "bring these keys from your copies")
    if old := known - {max(known)}:
        left = sum(values.get(key_id, 0) for key_id in old)
        return Finding(f"old field keys ({_listed(old)}) are still there, with {left} values", "start.py manage rotate_field_key")
    return None


@looks_at_product("Starting in production")
def starts_in_production(found: Server | None) -> Finding | None:
    """What a process of the product asks of itself before it takes anybody in: settings, keys, as whom it is connected."""
    told = _json(_guards(found))
    if told is None:
        return Finding("the product cannot be asked", "run `start.py manage guards` and read why")
    of_the_demo = {"A demonstration"} if found is not None else set()
    wrong = [f"{subject}: {what} ({remedy})" for subject, what, remedy in told["findings"] if subject not in of_the_demo]
    return Finding("; ".join(wrong), "mend each as it says; until then it refuses to start in production") if wrong else None


@looks_at_product("Security headers")
def headers(found: Server | None) -> Finding | None:
    """What the first page says to browsers, in production."""
    told = _json(_guards(found))
    wrong = wrong_headers((told or {}).get("headers") or {})
    return Finding(f"not as they must be: {', '.join(wrong)}", "compare reachin/settings and whatever stands before it") if wrong else None


def wrong_headers(answered: Mapping[str, str]) -> list[str]:
    """The names of headers that are missing or say too little."""
    return [name for name, pattern in HEADERS.items() if re.match(pattern, answered.get(name, "")) is None]


@looks_at_product("The audit's chain")
def audit_chain(found: Server | None) -> Finding | None:
    """Nothing of the audit was changed, removed or slipped in, as far as it can be told without a witness from outside."""
    done = _run(found, ["verify_audit"], role=OWNER)
    if done.returncode == 0:
        return None
    what = (done.stderr.strip().splitlines() or ["it cannot be verified"])[-1]
    return Finding(
        what, "keep the database as it is, verify with a witness (start.py manage verify_audit --witness FILE), and tell who is responsible"
    )


@looks_at_database("The audit's links")
def audit_is_linked(admin: Connection) -> Finding | None:
    """The worker links what was done: nothing waits for long once it has begun."""
    row = admin.execute(
        "select (select max(linked_at) from reachin.link), exists (select from audited_access_auditevent a"
        " where a.transaction >= (select linked_before from reachin.chain_position)"
        " and a.happened_at between (select max(linked_at) from reachin.link) and clock_timestamp() - %s"
        " and not exists (select from reachin.link l where l.kind = 'change' and l.row_id = a.id))",
        [WAITING],
    ).fetchone()
    if row is None or not row[1]:
        return None
    return Finding(f"nothing was linked since {row[0]}, though things were done", "is the worker running? `start.py run` starts it")


@looks_at_machine("Known weaknesses of what it stands on", strict=True)
def weaknesses() -> Finding | None:
    """pip-audit, on the pinned packages of the product. That nothing could be looked up is a trouble, never a good sign.

    It asks pypi.org; where that is out of reach, `REACHIN_ADVISORIES` names the address of an OSV service within reach.
    """
    try:
        provisions.ensure("dev")
    except Trouble as trouble:
        return Finding(f"pip-audit could not be installed: {trouble}", "mend that, then look again")
    elsewhere = os.environ.get("REACHIN_ADVISORIES", "")
    service = ["--vulnerability-service", "osv", "--osv-url", elsewhere] if elsewhere else []
    return weaknesses_by([str(Path(sys.executable).parent / "pip-audit"), *service])


def weaknesses_by(program: Sequence[str]) -> Finding | None:
    """What that program (pip-audit, or one that answers like it) finds."""
    words = ["--requirement", str(places.ROOT / "requirements" / "runtime.txt"), "--require-hashes", "--disable-pip", "--no-deps"]
    command = [*program, *words, "--progress-spinner", "off", "--format", "json"]
    again = (
        "see that this machine reaches pypi.org, or name an OSV service in REACHIN_ADVISORIES, then look again;"
        " until then nothing is known either way"
    )
    try:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=LOOK_UP_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as failure:
        return Finding(f"NOTHING WAS LOOKED UP: {failure}", again)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        return Finding(f"NOTHING WAS LOOKED UP: {last}", again)
    unknown = [one for one in packages if "skip_reason" in one]
    if len(unknown) == len(packages):
        return Finding(f"NOTHING WAS LOOKED UP: {unknown[0]['skip_reason'] if unknown else 'no package was named'}", again)
    if unknown:
        return Finding(f"could not be looked up: {', '.join(one['name'] for one in unknown)}", again)
    weak = [f"{one['name']} {one['version']} ({weakness['id']})" for one in packages for weakness in one["vulns"]]
    return (
        Finding(f"known weaknesses: {', '.join(weak)}", "raise these in requirements/*.in, make the .txt files anew, run the tests")
        if weak
        else None
    )


def _guards(found: Server | None) -> subprocess.CompletedProcess[str]:
    hosts = {name: os.environ.get(name) or usual for name, usual in (("REACHIN_HOSTS", "localhost"), ("REACHIN_PARTNERSHIP", "here"))}
    return _run(found, ["guards"], role=APP, mode="production", also=hosts)


def _run(
    found: Server | None, words: Sequence[str], *, role: str, mode: str = "demo", also: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    known = _as_it_is(role) if found is None else databases.environment(found, demo.database(), mode=mode, role=role)
    environment = {**known, **(also or {})}
    command = [str(places.PYTHON), "-m", "django", *words]
    return subprocess.run(command, cwd=places.ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def _as_it_is(role: str) -> dict[str, str]:
    """The environment of the real installation, which says itself where its database is."""
    password = os.environ.get("REACHIN_DB_OWNER_PASSWORD" if role == OWNER else "REACHIN_DB_PASSWORD", "")
    modules = {"DJANGO_SETTINGS_MODULE": "reachin.settings", "REACHIN_MODE": "production"}
    return {**os.environ, **modules, "REACHIN_DB_ROLE": role, "REACHIN_DB_PASSWORD": password}


def _json(done: subprocess.CompletedProcess[str]) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return None
    return told


def _listed(ids: Any) -> str:
    return ", ".join(map(str, sorted(ids)))
