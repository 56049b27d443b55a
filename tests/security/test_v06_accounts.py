"""ASVS chapters 6 and 7: passwords and sessions of staff, as they are served in production."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from reachin.groundwork.audited_access.context import signed
from reachin.groundwork.ids import READABLE, REFERENCE_LENGTH, new_reference
from reachin.partnership.accounts.models import Account
from tests import cast
from tests.security import sources
from tests.security.visiting import SESSION, Answered, Browser
from workshop.servers import Connection

LONG = "a heron over the harbour at the end of a very long and windy day in November, and another"


def with_password(password: str) -> Account:
    who = cast.teacher()
    who.set_password(password)
    who.save()
    return who


def lets_in(port: int, who: Account, password: str) -> bool:
    return SESSION in Browser(port).signs_in(who, password).cookies


def test_v6_2_1_a_password_is_not_short() -> None:
    with pytest.raises(ValidationError, match="12"):
        validate_password("heron pier9")
    validate_password("heron over pier")


@pytest.mark.parametrize("known", ["password1234", "qwertyuiop12", "qwertyuiop123", "1q2w3e4r5t6y", "administrator"])
def test_v6_2_4_a_password_that_everybody_uses_is_refused(known: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(known)


def test_v6_2_12_passwords_of_known_breaches_are_refused() -> None:
    """By the list that comes with Django: the 20,000 most frequent that Have I Been Pwned gathered. No other server is asked."""
    breached = CommonPasswordValidator().passwords
    long_enough = sorted(word for word in breached if len(word) >= 12)
    assert len(breached) > 19_000
    assert len(long_enough) > 100
    for word in long_enough:
        for typed in (word, word.upper()):
            with pytest.raises(ValidationError, match="common"):
                validate_password(typed)


@pytest.mark.parametrize(
    "chosen", ["heron over the harbour", "ᚦᚨᛏ ᛁᛊ ᚠᛁᚾᛖ ᚹᛟᚱᛞ", "            x.", "カモメの港の朝ごはん長い", "!!!! ???? ....~~"]
)
def test_v6_2_5_any_signs_make_a_password(chosen: str) -> None:
    validate_password(chosen)


def test_v6_2_6_a_password_is_hidden_while_it_is_typed(visitor: Browser) -> None:
    page = visitor.get("/work/sign-in/").text
    field = re.search(r"<input[^>]*name=\"password\"[^>]*>", page)
    assert field is not None
    assert 'type="password"' in field[0]


def test_v6_2_7_a_password_can_be_pasted_and_filled_in(visitor: Browser) -> None:
    page = visitor.get("/work/sign-in/").text
    field = re.search(r"<input[^>]*name=\"password\"[^>]*>", page)
    assert field is not None
    assert 'autocomplete="current-password"' in field[0]
    assert "onpaste" not in page
    fields = [(path, field) for path, text in sources.templates() for field in re.findall(r"field\(form\.\w*password[^)]*\)", text)]
    assert fields
    assert not [path for path, field in fields if 'autocomplete="off"' in field]


@pytest.mark.parametrize("other", ["Heron Over The Harbour", " heron over the harbour", "heron over the harbour ", "heron over the harbou"])
def test_v6_2_8_a_password_is_taken_exactly_as_it_was_typed(visitor: Browser, other: str) -> None:
    who = with_password("heron over the harbour")
    assert not lets_in(visitor.port, who, other)
    assert lets_in(visitor.port, who, "heron over the harbour")


def test_v6_2_8_the_end_of_a_long_password_counts(visitor: Browser) -> None:
    who = with_password(LONG * 4)
    assert not lets_in(visitor.port, who, LONG * 4 + "x")
    assert not lets_in(visitor.port, who, (LONG * 4)[:-1])


def test_v6_2_9_a_password_may_be_long(visitor: Browser) -> None:
    validate_password(LONG)
    assert lets_in(visitor.port, with_password(LONG * 4), LONG * 4)


def test_v6_2_10_a_password_does_not_grow_old(visitor: Browser) -> None:
    who = cast.teacher()
    Account.objects.filter(id=who.id).update(last_login=timezone.now() - timedelta(days=4000))
    assert lets_in(visitor.port, who, cast.PASSWORD)


def test_v6_2_11_neither_name_nor_address_makes_a_password(db: None) -> None:
    who = cast.account(cast.teacher().role, cast.school(), "Fraserweirington Longname")  # type: ignore[arg-type]
    for chosen in ("fraserweirington", who.email.upper(), "longnamelongname1"[:12]):
        with pytest.raises(ValidationError):
            validate_password(chosen, who)


def test_v6_3_1_guessing_one_account_is_stopped_and_others_go_on(visitor: Browser) -> None:
    who = cast.teacher()
    tried = [visitor.post("/work/sign-in/", {"email": who.email, "password": f"wrong {n}", "next": ""}).status for n in range(8)]
    assert tried[-1] == 429
    assert not lets_in(visitor.port, who, cast.PASSWORD)
    assert lets_in(visitor.port, cast.desk_worker(), cast.PASSWORD)


def test_v6_3_2_no_account_comes_with_the_product(db: None) -> None:
    assert Account.objects.count() == 0
    assert not [where for where, name, _call in sources.calls() if name.endswith("create_superuser")]


def test_v6_3_8_an_unknown_account_answers_like_a_wrong_password(visitor: Browser) -> None:
    told = [
        visitor.post("/work/sign-in/", {"email": email, "password": "not that", "next": ""})
        for email in ("nobody@school.example", cast.teacher().email)
    ]
    bodies = [re.sub(r'value="[^"]*"', "", answer.text) for answer in told]
    assert told[0].status == told[1].status
    assert bodies[0] == bodies[1]
    assert [name for name, _ in told[0].headers] == [name for name, _ in told[1].headers]


def test_v6_4_2_nothing_is_asked_that_others_could_know(visitor: Browser) -> None:
    page = visitor.get("/work/sign-in/").text.casefold() + visitor.get("/come-back/").text.casefold()
    for asked in ("maiden", "first pet", "birthday", "date of birth", "hint"):
        assert f"{asked}?" not in page
    assert not re.search(r'name="(hint|secret_question|date_of_birth|birthday)', page)


def test_v6_5_3_and_4_codes_are_random_and_long_enough() -> None:
    assert len(READABLE) ** REFERENCE_LENGTH > 2**50
    assert len({new_reference() for _ in range(2000)}) == 2000
    assert sources.callers_of("random.choice", "random.random", "random.randint", "random.SystemRandom") == []


@pytest.mark.asvs("6.5.3", "11.5.1")
def test_whatever_must_not_be_guessed_is_drawn_by_the_systems_own_chance() -> None:
    assert sources.importers_of("random") == []
    assert sources.importers_of("secrets")


@pytest.mark.asvs("6.5.4")
def test_a_code_of_a_family_has_fifty_bits_and_its_phrase_comes_on_top() -> None:
    assert len(new_reference().replace("-", "")) == REFERENCE_LENGTH
    assert len(set(READABLE)) == len(READABLE) == 21


def test_v7_2_1_a_session_is_believed_for_what_the_server_keeps_and_nothing_else(visitor: Browser) -> None:
    for made_up in ("x" * 32, "", "admin", "0" * 64, "../../x"):
        assert Browser(visitor.port, {SESSION: made_up}).get("/work/").status == 302


def test_v7_2_2_each_visit_has_a_token_of_its_own(visitor: Browser) -> None:
    keys = {Browser(visitor.port).signs_in(cast.teacher()).cookies[SESSION] for _ in range(4)}
    assert len(keys) == 4


def test_v7_2_3_a_token_cannot_be_guessed(visitor: Browser) -> None:
    keys = [Browser(visitor.port).signs_in(cast.teacher()).cookies[SESSION] for _ in range(6)]
    assert all(re.fullmatch(r"[0-9a-z]{32,}", key) for key in keys), "32 of 36 signs are 165 bits"
    assert len({key[:4] for key in keys}) == len(keys)


def test_v7_2_4_signing_in_ends_the_session_that_was_there(visitor: Browser) -> None:
    first = visitor.signs_in(cast.teacher()).cookies[SESSION]
    again = Browser(visitor.port, {SESSION: first})
    again.post("/work/sign-out/", {}, page="/work/")
    second = again.signs_in(cast.teacher()).cookies[SESSION]
    assert first != second
    assert Browser(visitor.port, {SESSION: first}).get("/work/").status == 302


def test_v7_3_2_a_session_ends_after_a_working_day_at_the_latest(visitor: Browser) -> None:
    visitor.signs_in(cast.teacher())
    kept = Session.objects.get(session_key=visitor.cookies[SESSION])
    assert kept.expire_date - timezone.now() <= timedelta(hours=12)
    Session.objects.filter(session_key=kept.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert visitor.get("/work/").status == 302


def test_v7_4_1_after_signing_out_the_token_opens_nothing(visitor: Browser) -> None:
    key = visitor.signs_in(cast.teacher()).cookies[SESSION]
    assert visitor.get("/work/").status == 200
    visitor.post("/work/sign-out/", {}, page="/work/")
    assert Browser(visitor.port, {SESSION: key}).get("/work/").status == 302
    assert not Session.objects.filter(session_key=key).exists()


def test_v7_4_2_an_ended_account_is_out_of_every_browser_at_once(visitor: Browser) -> None:
    who = cast.teacher()
    browsers = [Browser(visitor.port).signs_in(who) for _ in range(3)]
    assert [browser.get("/work/").status for browser in browsers] == [200] * 3
    Account.objects.filter(id=who.id).update(is_active=False)
    assert [browser.get("/work/").status for browser in browsers] == [302] * 3


def test_v7_4_3_a_changed_password_ends_every_session_of_before(visitor: Browser) -> None:
    browsers = [Browser(visitor.port).signs_in(cast.teacher()) for _ in range(2)]
    with_password("another heron at another pier")
    assert [browser.get("/work/").status for browser in browsers] == [302, 302]


def test_v7_4_4_every_page_of_the_staff_has_its_way_out(answers: list[Answered]) -> None:
    pages = [one for one in answers if one.row.audience == "staff" and one.answer.status == 200 and "print" not in one.name]
    assert len(pages) > 20
    for one in pages:
        assert 'action="/work/sign-out/"' in one.answer.text, one.name


def test_v7_6_2_no_session_begins_by_looking(visitor: Browser, answers: list[Answered]) -> None:
    for path in ("/", "/services/", "/ask/", "/work/sign-in/", "/come-back/", "/work/"):
        visitor.get(path)
    assert SESSION not in visitor.cookies


def test_v7_6_2_a_get_with_a_password_signs_nobody_in(visitor: Browser) -> None:
    who = cast.teacher()
    visitor.get("/work/sign-in/?" + urlencode({"email": who.email, "password": cast.PASSWORD}))
    assert SESSION not in visitor.cookies


@pytest.mark.asvs("9.1.2")
def test_a_context_is_signed_by_the_one_way_that_there_is(db: None) -> None:
    line = signed(cast.teacher().actor())
    body, _, mac = line.rpartition("|")
    assert len(mac) == 64, "HMAC by SHA-256"
    for other in ("", "none", mac[:32], mac[:40], "0" * 128):
        assert _is_refused(f"{body}|{other}")


@pytest.mark.asvs("9.1.3")
def test_no_key_is_taken_from_a_context_itself(db: None, admin: Connection) -> None:
    line = signed(cast.teacher().actor())
    assert _is_refused(line + "|key=00"), "a context has eight parts and none of them names a key"
    row = admin.execute("select count(*) from reachin.signing_key").fetchone()
    assert row == (1,)


def _is_refused(line: str) -> bool:
    with connections["default"].cursor() as cursor:
        try:
            cursor.execute("select set_config('reachin.context', %s, false)", [line])
            cursor.execute("select reachin.acting_kind()")
        except Exception as error:  # noqa: BLE001 whatever the database says, it must be this
            return "context refused" in str(error)
        finally:
            connections["default"].close()
    return False
