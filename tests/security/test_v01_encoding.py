"""ASVS chapter 1: what people type stays words, whatever reads it next."""

import ast
import re
import sys
from html.parser import HTMLParser
from re import _parser as patterns  # type: ignore[attr-defined]
from typing import Any

import pytest
from django import forms
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.core.signing import BadSignature, JSONSerializer
from django.template import engines
from django.urls import get_resolver

from reachin.access.directory.reading import texts
from reachin.groundwork.languages.text import TextInLanguages
from reachin.groundwork.page_parts.forms import Form
from tests import cast
from tests.security import sources
from tests.security.visiting import Browser, browser_of
from workshop.served import Served

NASTY = (
    "\"'><img src=x onerror=alert(1)> <script>alert(2)</script> &amp; {{7*7}} ${7*7} javascript:alert(3) '; drop table people_person; --"
)


class Seen(HTMLParser):
    """What a browser would make of a page: every element with its attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def pages_with_it(production: Served, db: None) -> list[Seen]:
    """Every page on which a family's words stand: the hub's, its print, the receiver's, its print, the sender's, the family's own."""
    told: dict[str, Any] = dict.fromkeys(("story", "wishes", "safe_times", "who_may_answer"), NASTY)
    asked = cast.family_request(
        **{**told, "people": [{"known_as": NASTY[:40], "age_years": 6, "relation": "child"}], "your_name": NASTY[:40]}
    )
    sent = cast.sent_referral(asked, words=NASTY)
    staff = {f"/hub/requests/{asked.id}/": cast.hub_worker(), f"/work/referrals/{sent.id}/": cast.support_worker()}
    found = [browser_of(production.port, who).get(path) for path, who in staff.items()]
    found += [browser_of(production.port, cast.hub_worker()).get(path) for path in (f"/hub/requests/{asked.id}/print/", "/hub/")]
    found += [browser_of(production.port, cast.support_worker()).get("/work/inbox/")]
    assert [answer.status for answer in found] == [200] * len(found)
    seen = [Seen(answer.text) for answer in found]
    assert all("<img" in page.text for page in seen[:3]), "the words are there to be read"
    return seen


def test_v1_1_1_an_address_is_decoded_once(visitor: Browser) -> None:
    page = visitor.get("/work/sign-in/?next=%252Fhub%252F").text
    assert 'value="%2Fhub%2F"' in page
    assert 'value="/hub/"' not in page


def test_v1_1_2_words_are_escaped_once_and_only_by_the_page(pages_with_it: list[Seen]) -> None:
    assert all("<script>alert(2)</script> &amp; {{7*7}}" in page.text for page in pages_with_it[:2]), "what was typed is read as typed"


def test_v1_2_1_words_of_a_family_are_never_markup(pages_with_it: list[Seen]) -> None:
    for page in pages_with_it:
        assert not [tag for tag, attributes in page.elements if tag == "img" or "onerror" in attributes]
        assert not [attributes for tag, attributes in page.elements if tag == "script" and not attributes.get("src")]


def test_v1_2_1_every_template_escapes_of_itself() -> None:
    environment: Any = next(iter(engines.all())).env  # type: ignore[attr-defined]
    assert environment.from_string("{{ it }}").render(it=NASTY).count("<") == 0
    assert not [
        str(path) for path, text in sources.templates() if "autoescape false" in text or "|safe }}" in re.sub(r"'[^']*'\|safe", "", text)
    ]


def test_v1_2_2_no_link_leads_to_a_script(pages_with_it: list[Seen]) -> None:
    for page in pages_with_it:
        addresses = [
            attributes[name] or "" for _tag, attributes in page.elements for name in ("href", "src", "action") if name in attributes
        ]
        assert addresses
        assert not [address for address in addresses if re.match(r"\s*(javascript|data|vbscript):", address, re.IGNORECASE)]


def test_v1_2_3_no_script_is_written_by_a_page() -> None:
    for path, text in sources.templates():
        scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL)
        assert all("src=" in attributes and not body.strip() for attributes, body in scripts), path
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), path


def test_v1_2_4_no_statement_is_put_together_from_what_was_typed() -> None:
    statements = [
        (where, call.args[0]) for where, name, call in sources.calls() if name.endswith((".execute", ".executemany")) and call.args
    ]
    assert len(statements) > 8
    composed = [where for where, first in statements if isinstance(first, ast.JoinedStr | ast.BinOp)]
    assert composed == []
    assert sources.callers_of(".raw", ".extra") == []


@pytest.mark.parametrize(
    "typed", ["' or 1=1 --", "x' union select email from accounts_account --", "%' and pg_sleep(9) --", "\\'; drop table x"]
)
def test_v1_2_4_what_is_typed_into_a_search_is_a_word(production: Served, db: None, typed: str) -> None:
    cast.family_request()
    browser = browser_of(production.port, cast.hub_worker())
    led = browser.post("/hub/search/", {"q": typed}, page="/hub/")
    found = browser.get(led.get("location"))
    assert found.status == 200
    assert "Rowan" not in found.text
    assert "@" not in Seen(found.text).text


def test_v1_2_5_the_product_starts_no_program() -> None:
    assert sources.importers_of("subprocess", "pty", "commands") == []
    assert sources.callers_of("os.system", "os.popen", "os.execv", "os.spawnv") == []


def test_v1_2_9_no_pattern_is_made_of_what_somebody_typed() -> None:
    for path, tree in sources.modules():
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            given = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if ast.unparse(call.func).startswith("re.") and not ast.unparse(call.func).endswith("escape") and call.args:
                    used = {name.id for name in ast.walk(call.args[0]) if isinstance(name, ast.Name)}
                    assert not used & given, f"{path}:{call.lineno}"


def test_v1_2_10_nothing_writes_a_spreadsheet_but_by_the_one_safe_way() -> None:
    writers = [*sources.callers_of("csv.writer", "csv.DictWriter"), *sources.importers_of("openpyxl", "xlsxwriter", "odf")]
    assert [where for where in writers if not where.startswith("groundwork/")] == []


def test_v1_3_1_markup_in_what_is_imported_becomes_plain_words() -> None:
    told = texts.plain("<p>Help <script>alert(1)</script><b onclick=x>now</b> &lt;i&gt;</p>")
    assert "script" not in told
    assert "onclick" not in told
    assert "now" in told


def test_v1_3_1_a_page_shows_no_html_that_anybody_wrote() -> None:
    assert "<b>" not in TextInLanguages.of("<b>x</b>").__html__()
    assert not [path for path, text in sources.templates() if "contenteditable" in text]


def test_v1_3_2_nothing_typed_is_ever_run() -> None:
    assert sources.callers_of("eval", "exec", "compile", "__import__", "importlib.import_module") == []


def test_v1_3_3_every_text_has_an_end() -> None:
    made = [form for form in _forms() for field in form.base_fields.values() if field.__class__.__name__ == "CharField"]
    assert len(made) > 20
    for form in made:
        assert issubclass(form, Form), f"{form} is no form of ours: its texts are neither tidied nor limited"


def test_v1_3_5_what_looks_like_a_template_stays_words(pages_with_it: list[Seen]) -> None:
    assert all("{{7*7}} ${7*7}" in page.text and "49" not in page.text.replace(" 49 ", "") for page in pages_with_it[:2])
    assert sources.importers_of("markdown", "bleach", "commonmark", "docutils") == []


def test_v1_3_7_no_template_is_made_of_words() -> None:
    assert sources.callers_of(".from_string", "Template", "jinja2.Template") == []


def test_v1_3_10_no_text_that_was_given_is_used_as_a_format() -> None:
    formats = [(where, call) for where, name, call in sources.calls() if name.endswith((".format", ".format_map"))]
    plain = [
        (where, call)
        for where, call in formats
        if not ast.unparse(call).startswith("sql.SQL(") and "sql.Identifier" not in ast.unparse(call)
    ]
    loose = [where for where, call in plain if not isinstance(call.func, ast.Attribute) or not _is_ours(call.func.value)]
    assert loose == []


def test_v1_3_12_no_pattern_can_be_made_to_run_for_ever() -> None:
    assert get_resolver().url_patterns, "every room is loaded by now"
    found = {
        value.pattern
        for name, module in list(sys.modules.items())
        if name.startswith("reachin.")
        for value in vars(module).values()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
    }
    assert len(found) > 8
    assert [pattern for pattern in found if _repeats_within_a_repeat(patterns.parse(pattern))] == []
    assert _repeats_within_a_repeat(patterns.parse("(a+)+b")), "the check itself sees what it looks for"


@pytest.mark.parametrize("number", ["9" * 30, "-1", "1e400", "0x10", "%D9%A3"])
def test_v1_4_2_numbers_without_end_break_nothing(visitor: Browser, number: str) -> None:
    for path in (f"/services/?page={number}", f"/demo/outbox/?page={number}"):
        assert visitor.get(path).status in (200, 404)


def test_v1_5_1_xml_is_read_by_nothing_that_follows_it_elsewhere() -> None:
    assert sources.importers_of("xml", "lxml") == []


def test_v1_5_2_nothing_is_read_back_that_could_run() -> None:
    assert sources.importers_of("pickle", "marshal", "shelve", "yaml", "dill", "jsonpickle") == []


def test_v1_5_2_a_session_holds_plain_data_under_our_seal(db: None) -> None:
    store = SessionStore()
    assert store.serializer is JSONSerializer
    sealed = store.encode({"own_scope": "x"})
    assert store.decode(sealed) == {"own_scope": "x"}
    assert store.decode(sealed[:-2] + "AA") == {}
    with pytest.raises(BadSignature):
        signing.loads("gASVKAAAAAAAAACMBXBvc2l4lA", salt="x")


def _is_ours(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Name) and value.id.isupper())


def _repeats_within_a_repeat(parsed: Any, inside: bool = False) -> bool:
    for kind, argument in parsed:
        if str(kind) in ("MAX_REPEAT", "MIN_REPEAT"):
            _least, most, of = argument
            endless = most is patterns.MAXREPEAT
            if (endless and inside) or _repeats_within_a_repeat(of, inside or endless):
                return True
        elif str(kind) == "SUBPATTERN":
            if _repeats_within_a_repeat(argument[-1], inside):
                return True
        elif str(kind) == "BRANCH" and any(_repeats_within_a_repeat(branch, inside) for branch in argument[1]):
            return True
    return False


def _forms() -> list[Any]:
    def below(kind: Any) -> list[Any]:
        return [kind, *(deeper for one in kind.__subclasses__() for deeper in below(one))]

    assert get_resolver().url_patterns, "every form is loaded by now"
    return [form for form in below(forms.BaseForm) if form.__module__.startswith("reachin.") and hasattr(form, "base_fields")]
