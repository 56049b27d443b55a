"""ASVS chapter 3: what the browser is told, asked of every address as it is served in production."""

import re
from collections.abc import Iterator

import pytest

from tests import cast
from tests.security import sources
from tests.security.visiting import SESSION, TOKEN, Answered, Browser, browser_of
from workshop import places
from workshop.crowd import HOST
from workshop.served import Served

POSTED = ("hub:take_on", "public:hide", "practitioner:sign_out")


@pytest.fixture
def cookies(visitor: Browser) -> list[str]:
    """Every cookie as it is set, by signing in and by choosing a language."""
    who = cast.teacher()
    lines = visitor.get("/work/sign-in/").all("set-cookie")
    lines += visitor.post("/work/sign-in/", {"email": who.email, "password": cast.PASSWORD, "next": ""}).all("set-cookie")
    lines += visitor.get("/?language=gd").all("set-cookie")
    assert {line.partition("=")[0] for line in lines} == {SESSION, TOKEN, "__Host-language"}
    return lines


def static_files(browser: Browser) -> Iterator[str]:
    yield from sorted(set(re.findall(r'(?:src|href)="(/static/[^"]+)"', browser.get("/").text)))


def test_v3_2_1_no_answer_is_read_as_something_else(answers: list[Answered]) -> None:
    for one in answers:
        assert one.answer.get("x-content-type-options") == "nosniff", one.name
        assert "default-src 'self'" in one.answer.get("content-security-policy"), one.name


def test_v3_2_2_scripts_put_text_into_a_page_as_text() -> None:
    scripts = list((places.ROOT / "reachin").rglob("static/**/*.js"))
    assert scripts
    for path in scripts:
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", path.read_text()), path


def test_v3_3_1_cookies_go_over_https_only(cookies: list[str]) -> None:
    assert all("; Secure" in line for line in cookies)


def test_v3_3_2_cookies_do_not_go_with_what_other_sites_send(cookies: list[str]) -> None:
    assert all("SameSite=Lax" in line or "SameSite=Strict" in line for line in cookies)


def test_v3_3_3_cookies_are_this_hosts_alone(cookies: list[str]) -> None:
    for line in cookies:
        assert line.startswith("__Host-")
        assert "Path=/;" in f"{line};"
        assert "domain=" not in line.lower()


def test_v3_3_4_no_script_reads_a_cookie_and_no_page_shows_the_session(
    cookies: list[str], visitor: Browser, answers: list[Answered]
) -> None:
    assert all("HttpOnly" in line for line in cookies)
    assert visitor.cookies[SESSION] not in visitor.get("/work/").text
    assert all("document.cookie" not in path.read_text() for path in (places.ROOT / "reachin").rglob("static/**/*.js"))


def test_v3_3_4_no_cookie_stays_when_the_browser_is_closed(cookies: list[str]) -> None:
    kept = [line for line in cookies if "max-age" in line.lower() or "expires" in line.lower()]
    assert kept == []


def test_v3_4_1_every_answer_asks_for_https_for_a_year_and_for_every_name(answers: list[Answered], visitor: Browser) -> None:
    told = {one.answer.get("strict-transport-security") for one in answers}
    told |= {visitor.get(path).get("strict-transport-security") for path in static_files(visitor)}
    assert told == {"max-age=31536000; includeSubDomains"}


def test_v3_4_2_no_other_site_may_read_an_answer(answers: list[Answered], visitor: Browser) -> None:
    asked = [visitor.get(path, Origin="https://elsewhere.example") for path in ("/", "/work/sign-in/", *static_files(visitor))]
    assert not [answer for answer in asked if answer.all("access-control-allow-origin")]
    assert not [one.name for one in answers if one.answer.all("access-control-allow-origin")]


def test_v3_4_3_every_answer_says_what_may_load_and_nothing_may_by_inline_code(answers: list[Answered]) -> None:
    for one in answers:
        policy = dict(part.split(" ", 1) for part in one.answer.get("content-security-policy").split("; "))
        assert (policy["default-src"], policy["object-src"], policy["base-uri"]) == ("'self'", "'none'", "'none'"), one.name
        assert policy["form-action"] == "'self'"
        assert "unsafe" not in str(policy)
        assert "*" not in str(policy)


def test_v3_4_4_every_answer_and_every_file_is_read_as_what_it_says(answers: list[Answered], visitor: Browser) -> None:
    assert {one.answer.get("x-content-type-options") for one in answers} == {"nosniff"}
    assert {visitor.get(path).get("x-content-type-options") for path in static_files(visitor)} == {"nosniff"}


def test_v3_4_5_no_other_site_learns_which_page_led_there(answers: list[Answered]) -> None:
    assert {one.answer.get("referrer-policy") for one in answers} == {"same-origin"}


def test_v3_4_6_no_page_stands_in_a_frame(answers: list[Answered]) -> None:
    assert all("frame-ancestors 'none'" in one.answer.get("content-security-policy") for one in answers)


def test_v3_4_8_no_other_window_reaches_a_page(answers: list[Answered]) -> None:
    pages = [one for one in answers if one.answer.get("content-type").startswith("text/html")]
    assert len(pages) > 100
    assert {one.answer.get("cross-origin-opener-policy") for one in pages} == {"same-origin"}


def test_v3_5_1_a_form_without_its_token_or_from_elsewhere_does_nothing(production: Served, db: None) -> None:
    asked = cast.family_request()
    browser = browser_of(production.port, cast.hub_worker())
    path = f"/hub/requests/{asked.id}/close/"
    plain = {"Content-Type": "application/x-www-form-urlencoded"}
    bare = browser.ask(
        "POST", path, body=b"version=1&reason=x", headers={**plain, "Origin": f"https://{HOST}", "Referer": f"https://{HOST}/"}
    )
    abroad = browser.post(path, {"version": "1", "reason": "x"}, Origin="https://elsewhere.example", Referer="https://elsewhere.example/")
    nowhere = browser.post(path, {"version": "1", "reason": "x"}, Origin="null")
    assert (bare.status, abroad.status, nowhere.status) == (403, 403, 403)


def test_v3_5_3_looking_changes_nothing_at_any_address(answers: list[Answered]) -> None:
    assert not [one.name for one in answers if one.answer.status >= 500], "the database refuses to write for a GET"
    assert {one.answer.status for one in answers if one.name in POSTED and one.who == "Morag Keir"} <= {404, 405}


def test_v3_5_3_what_changes_something_takes_no_get(visitor: Browser) -> None:
    assert visitor.get("/work/sign-out/").status == 405
    assert visitor.get("/hide/").status == 405


def test_v3_5_4_no_other_application_lives_on_this_host(answers: list[Answered], visitor: Browser) -> None:
    for path in ("/admin/", "/api/", "/phpmyadmin/", "/.well-known/x", "/silk/", "/__debug__/"):
        assert visitor.get(path).status == 404


def test_v3_5_6_no_answer_is_a_script_that_a_caller_names(visitor: Browser) -> None:
    for path in ("/?callback=stolen", "/services/?callback=stolen&format=jsonp", "/?jsonp=stolen"):
        answer = visitor.get(path)
        assert "stolen(" not in answer.text
        assert answer.get("content-type").startswith("text/html")


def test_v3_5_7_scripts_hold_nothing_of_anybody(answers: list[Answered], visitor: Browser) -> None:
    assert not [one.name for one in answers if "javascript" in one.answer.get("content-type")]
    scripts = [path for path in static_files(visitor) if path.endswith(".js")]
    assert scripts
    signed_in = Browser(visitor.port).signs_in(cast.teacher())
    assert all(visitor.get(path).body == signed_in.get(path).body for path in scripts), "the same for everybody"


def test_v3_5_8_no_other_site_may_take_an_answer_in(answers: list[Answered], visitor: Browser) -> None:
    assert {one.answer.get("cross-origin-resource-policy") for one in answers} == {"same-origin"}
    assert {visitor.get(path).get("cross-origin-resource-policy") for path in static_files(visitor)} == {"same-origin"}


def test_v3_6_1_every_style_script_and_font_comes_from_here(answers: list[Answered]) -> None:
    for one in answers:
        taken_in = re.findall(r'<(?:script|link|img|iframe|source|video|audio)\b[^>]*?(?:src|href)="([^"]+)"', one.answer.text)
        assert all(address.startswith("/static/") for address in taken_in), (one.name, taken_in)


def test_v3_7_1_pages_need_no_plugin() -> None:
    for path, text in sources.templates():
        assert not re.search(r"<(object|embed|applet|frameset|marquee)\b", text), path


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "https:elsewhere.example"]
)
def test_v3_7_2_nobody_is_sent_on_to_another_site(visitor: Browser, elsewhere: str) -> None:
    who = cast.teacher()
    sent_on = visitor.post("/work/sign-in/", {"email": who.email, "password": cast.PASSWORD, "next": elsewhere})
    assert sent_on.get("location") == "/work/"
    assert Browser(visitor.port).get(f"/{elsewhere}?language=gd").get("location")[:2] != "//"


def test_v3_7_2_every_redirect_stays_here(answers: list[Answered]) -> None:
    led = [one for one in answers if one.answer.status in (301, 302, 303, 307, 308)]
    assert len(led) > 50
    assert all(re.match(r"/(?![/\\])", one.answer.get("location")) for one in led)
