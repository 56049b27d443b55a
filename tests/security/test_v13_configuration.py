"""ASVS chapters 12 and 13: how it talks to others, and how it is set up."""

import ast
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Mapping

import pytest

from reachin.access.directory.fetching import CannotFetch, Fetcher
from tests.security import sources
from tests.security.visiting import Answered, Browser
from workshop import places
from workshop.crowd import HOST
from workshop.servers import APP, OWNER, Connection, Server

SPEAKS_OUTWARDS = {"access/directory/fetching.py", "groundwork/notices/delivery.py", "partnership/accounts/open_id.py"}
"""The doors out: services are fetched, messages are delivered, an agency's own sign-in is asked."""


def test_v12_2_1_nothing_is_served_without_tls(visitor: Browser) -> None:
    for path in ("/", "/work/sign-in/", "/come-back/", "/hub/", "/static/page_parts/reachin.css"):
        answer = visitor.ask("GET", path, headers={"X-Forwarded-Proto": "http"})
        assert (answer.status, answer.get("location")) == (301, f"https://{HOST}{path}"), path


def test_v12_3_2_a_certificate_is_looked_at_before_anything_is_said() -> None:
    context = ssl.create_default_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    wrapped = [call for where, name, call in sources.calls() if name.endswith(".wrap_socket")]
    assert wrapped
    assert all(ast.unparse(call.func) == "ssl.create_default_context().wrap_socket" for call in wrapped)
    assert all("server_hostname" in {word.arg for word in call.keywords} for call in wrapped)


@pytest.mark.asvs("12.3.2")
def test_nothing_switches_off_the_looking_at_certificates_or_asks_for_an_old_protocol() -> None:
    for path, _tree in sources.modules():
        text = path.read_text()
        assert not re.search(r"CERT_NONE|_create_unverified_context|verify=False|check_hostname = False|PROTOCOL_(SSL|TLS)v", text), path
    assert ssl.create_default_context().minimum_version >= ssl.TLSVersion.TLSv1_2


def test_v13_1_1_everything_outside_that_is_spoken_to_is_named_for_administrators() -> None:
    told = (places.ROOT / "docs" / "how-to" / "administrators.md").read_text()
    for setting in ("REACHIN_NOTIFY_URL", "REACHIN_EMAIL_HOST", "REACHIN_DB_HOST", "import_services"):
        assert setting in told


def test_v13_2_1_each_role_signs_in_with_a_made_up_password_of_its_own(tests_server: Server) -> None:
    if not tests_server.passwords:
        assert str(tests_server.environment().get("REACHIN_DB_HOST", "")).startswith("/"), "a socket in a folder nobody else enters"
        return
    assert len({tests_server.passwords[role] for role in (APP, OWNER)}) == 2
    assert all(len(password) >= 24 for password in tests_server.passwords.values())


def test_v13_2_2_the_product_connects_with_no_right_to_do_more_than_it_must(admin: Connection) -> None:
    rights = admin.execute(
        "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication,"
        " (select count(*) from pg_auth_members where member = r.oid)"
        " from pg_roles r where rolname = %s",
        [APP],
    ).fetchone()
    assert rights == (False, False, False, False, False, 0)


def test_v13_2_3_no_secret_has_a_value_that_ships() -> None:
    told = (places.ROOT / "reachin" / "settings" / "__init__.py").read_text() + (
        places.ROOT / "reachin" / "settings" / "keys.py"
    ).read_text()
    secrets = re.findall(r'"REACHIN_[A-Z_]*(?:KEY|PASSWORD|SECRET)[A-Z_]*", "([^"]*)"', told)
    assert len(secrets) >= 3
    assert set(secrets) == {""}
    assert "SECRET_KEY = KEYS.secret_key" in told


def test_v13_2_4_only_known_places_speak_to_the_world_outside() -> None:
    reaching = sources.importers_of("http.client", "urllib.request", "requests", "httpx", "aiohttp", "socket", "smtplib", "ftplib")
    reaching += sources.importers_of("notifications_python_client", "django.core.mail")
    assert {where.partition(":")[0] for where in reaching} <= SPEAKS_OUTWARDS


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://example.org/x", "gopher://example.org/", "http://169.254.169.254/latest/"])
def test_v13_2_4_fetching_reaches_web_addresses_only(place: str) -> None:
    with pytest.raises(CannotFetch):
        Fetcher().text(place)


def test_v13_3_1_no_secret_lies_in_the_repository() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=places.ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    assert not [name for name in files if re.search(r"(keys\.json|\.pem|\.p12|id_rsa|\.env)$", name)]
    assigned = re.compile(r"(?i)(secret|api_?key|token)[\"']?\s*[:=]\s*[\"'][0-9a-f]{32,}[\"']")
    for name in files:
        if name.endswith((".py", ".toml", ".yml", ".json")) and not name.startswith(("tests/", "assets/package-lock")):
            assert not assigned.search((places.ROOT / name).read_text()), name


def test_v13_4_1_no_trace_of_the_repository_is_served(visitor: Browser) -> None:
    for path in (
        "/.git/",
        "/.git/config",
        "/.git/HEAD",
        "/static/.git/config",
        "/.svn/entries",
        "/.hg/",
        "/.env",
        "/pyproject.toml",
        "/manage.py",
    ):
        assert visitor.get(path).status == 404, path


def test_v13_4_2_nothing_that_helps_to_find_mistakes_is_on_in_production() -> None:
    told = _in_production(
        "from django.conf import settings; print(settings.DEBUG, settings.MODE, settings.TEMPLATES[0]['OPTIONS']['auto_reload'])"
    )
    assert told == "False production False"


def test_v13_4_3_no_folder_is_listed(visitor: Browser) -> None:
    for path in ("/static/", "/static/page_parts/", "/static/design_system/"):
        answer = visitor.get(path)
        assert answer.status == 404
        assert "Index of" not in answer.text


def test_v13_4_4_trace_is_not_answered(visitor: Browser) -> None:
    answer = visitor.ask("TRACE", "/", headers={"X-Canary": "heron"})
    assert answer.status in (400, 405, 501)
    assert "heron" not in answer.text


def test_v13_4_5_no_page_about_the_inside_is_served(visitor: Browser) -> None:
    for path in (
        "/docs/",
        "/schema/",
        "/openapi.json",
        "/metrics",
        "/health",
        "/status",
        "/debug/",
        "/server-status",
        "/demo/people/",
        "/demo/outbox/",
    ):
        assert visitor.get(path).status == 404, path


def test_v13_4_6_no_answer_says_which_version_of_what_it_runs(answers: list[Answered]) -> None:
    for one in answers:
        assert not re.search(r"\d", one.answer.get("server")), one.answer.get("server")
        assert not one.answer.all("x-powered-by")
        assert not re.search(r"(Django|granian|Python|PostgreSQL)[/ ]\d", one.answer.text)


def test_v13_4_2_production_takes_no_mode_that_it_does_not_know() -> None:
    environment = {**_environment(), "REACHIN_MODE": "development"}
    done = subprocess.run(
        [sys.executable, "-c", "import reachin.settings"], cwd=places.ROOT, env=environment, capture_output=True, text=True
    )
    assert "must be demo, test or production" in done.stderr


def _in_production(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        cwd=places.ROOT, env={**_environment(), "REACHIN_MODE": "production", "REACHIN_HOSTS": HOST}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _environment() -> Mapping[str, str]:
    return {key: value for key, value in os.environ.items() if key != "REACHIN_MODE"}
