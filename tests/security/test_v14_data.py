"""ASVS chapter 14: where the words of families go and where they never do."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from tests import cast
from tests.architecture.house import PRODUCT
from tests.security import sources
from tests.security.visiting import SESSION, Answered, Browser, browser_of
from workshop.served import Served
from workshop.servers import Connection

STORY = "The heron flies over the harbour wall at night."


@pytest.fixture
def told(db: None) -> Any:
    return cast.family_request(story=STORY, place="PA34 4AA", safe_times="Only on Tuesdays at the pier")


def test_v14_1_1_every_column_has_its_class() -> None:
    for model in apps.get_models():
        if model.__module__.startswith("reachin."):
            assert {field.name for field in model._meta.concrete_fields} == set(model.privacy), model  # type: ignore[attr-defined]


def test_v14_2_1_no_address_carries_more_than_random_ids(answers: list[Answered]) -> None:
    led = [one.answer.get("location") for one in answers if one.answer.get("location")]
    assert led
    for address in led:
        assert not re.search(r"(token|password|phrase|session|email|name)=", address)


def test_v14_2_1_forms_that_carry_words_are_posted(answers: list[Answered]) -> None:
    for one in answers:
        for form in re.findall(r"<form\b[^>]*>.*?</form>", one.answer.text, re.DOTALL):
            if re.search(r'type="(password|email|tel)"|<textarea|name="phrase"', form):
                assert 'method="post"' in form, one.name


def test_v14_2_2_nothing_between_keeps_a_page(answers: list[Answered]) -> None:
    assert not [one.name for one in answers if one.answer.status == 200 and one.answer.get("cache-control") != "no-store"]
    assert settings.CACHES["default"]["BACKEND"].endswith("LocMemCache"), "no cache outside the process"
    assert sources.callers_of("cache.set", "cache_page", "caches") == []


def test_v14_2_3_no_page_tells_anybody_else_who_was_here(answers: list[Answered]) -> None:
    for one in answers:
        assert not re.search(r"google-analytics|googletagmanager|gtag\(|matomo|hotjar|facebook\.net|segment\.io", one.answer.text)
        assert "https://" not in "".join(
            re.findall(r'(?:src|href)="([^"]*)"', one.answer.text.replace("https://www.bbc.co.uk/weather", ""))
        ) or (one.row.audience == "public")


def test_v14_2_4_what_a_family_told_is_nowhere_in_the_database_to_be_read(told: Any, admin: Connection) -> None:
    tables = admin.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace").fetchall()
    for (table,) in tables:
        row = admin.execute(
            f'select count(*) from "{table}" t where t::text like %s or t::text like %s', ["%heron flies%", "%Tuesdays%"]
        ).fetchone()
        assert row == (0,), table


def test_v14_2_5_an_address_that_is_not_there_is_never_another_page(visitor: Browser, production: Served) -> None:
    worker = browser_of(production.port, cast.hub_worker())
    for path in ("/hub/x.css", "/work/requests/x.js", "/hub/;x.png", "/come-back/a.css"):
        answer = worker.get(path)
        assert answer.status == 404, path
        assert "public" not in answer.get("cache-control")


def test_v14_2_6_lists_show_names_and_no_story(told: Any, production: Served) -> None:
    page = browser_of(production.port, cast.hub_worker()).get("/hub/").text
    assert "Rowan" in page
    assert "heron" not in page
    assert "07700" not in page
    assert "Tuesdays" not in page


def test_v14_2_6_a_familys_own_page_does_not_repeat_what_it_told(told: Any, production: Served) -> None:
    page = browser_of(production.port, scope=told.id).get(reverse("family:status")).text
    assert told.reference in page
    assert "heron" not in page
    assert "07700 900123" not in page


def test_v14_3_1_hiding_the_page_makes_the_browser_forget_and_ends_the_session(told: Any, production: Served) -> None:
    browser = browser_of(production.port, scope=told.id)
    key = browser.cookies[SESSION]
    assert browser.get(reverse("family:status")).status == 200
    answer = browser.ask("POST", "/hide/")
    assert answer.get("clear-site-data") == '"cache", "cookies", "storage"'
    assert Browser(production.port, {SESSION: key}).get(reverse("family:status")).status == 302


def test_v14_3_2_no_browser_keeps_a_page(answers: list[Answered]) -> None:
    pages = [one for one in answers if one.answer.status < 300]
    assert len(pages) > 60
    assert {one.answer.get("cache-control") for one in pages} == {"no-store"}


def test_v14_3_3_nothing_is_kept_in_the_browser_but_a_token(answers: list[Answered]) -> None:
    names = {line.partition("=")[0] for one in answers for line in one.answer.all("set-cookie")}
    assert names <= {"__Host-session", "__Host-form", "__Host-language"}
    for path in sorted(PRODUCT.rglob("static/**/*.js")):
        assert not re.search(r"localStorage|sessionStorage|indexedDB|caches\.open|document\.cookie", path.read_text()), path
