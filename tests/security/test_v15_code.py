"""ASVS chapters 2, 8 and 15: how the code goes about requests that are doubled, mixed, too large or not somebody's to make."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from reachin.access.referrals.enums import Shared
from reachin.access.requests_for_assistance.models import DraftRequest, RequestForAssistance
from reachin.groundwork.permissions.enums import Role
from reachin.interfaces.family.who import OWN_SCOPE
from reachin.partnership.accounts import open_id
from tests import cast
from tests.access_matrix import MATRIX
from tests.architecture.house import PRODUCT
from tests.architecture.test_access_matrix import FOUND
from tests.security import sources
from tests.security.visiting import Answered, Browser, browser_of
from workshop import places
from workshop.served import Served


def test_v2_2_2_the_server_looks_at_what_a_browser_was_told_to_stop(visitor: Browser) -> None:
    page = visitor.get("/ask/").text
    assert "novalidate" in page or "required" not in page, "nothing is left to the browser"
    answer = visitor.post("/ask/", {"asked_by": "an_emperor"})
    assert answer.status == 422


def test_v2_2_1_a_choice_that_is_none_is_refused(production: Served, db: None) -> None:
    asked = cast.family_request()
    browser = browser_of(production.port, cast.hub_worker())
    for given in ({"outcome": "x"}, {"outcome": "advice_given' or 1=1"}):
        path = f"/hub/requests/{asked.id}/close/"
        assert browser.post(path, {"version": "1", "reason": "done", **given}).status == 422
    assert RequestForAssistance.objects.using("owner").get(id=asked.id).stage != "closed"


def test_v8_2_1_every_address_asks_for_its_permission(answers: list[Answered]) -> None:
    for one in answers:
        if one.row.audience == "staff" and one.who in ("anybody", "the family itself"):
            assert one.answer.status in (302, 405), (one.name, one.who)
            assert one.answer.status == 405 or one.answer.get("location").startswith("/work/sign-in/"), one.name


def test_v8_2_2_no_id_opens_anothers_record(production: Served, db: None) -> None:
    asked = cast.family_request()
    stranger = browser_of(production.port, cast.stranger())
    for name in (name for name, row in MATRIX.items() if row.audience == "staff" and name.startswith(("hub:", "practitioner:"))):
        path = _path(name, asked.id)
        if path is not None:
            assert stranger.get(path).status in (404, 405), name


def test_v8_2_3_a_page_shows_the_columns_that_its_reader_is_for(production: Served, db: None) -> None:
    asked = cast.family_request(story="The heron flies.", place="PA34 4AA")
    sent = cast.sent_referral(asked, shares=[Shared.STORY])
    page = browser_of(production.port, cast.support_worker()).get(f"/work/referrals/{sent.id}/").text
    assert "heron" in page
    assert "07700" not in page, "contact was not shared"


def test_v8_3_1_nothing_that_the_browser_says_of_itself_gives_a_right(production: Served, db: None) -> None:
    asked = cast.family_request()
    for more in ({"role": "hub_worker"}, {"agency": str(cast.hub().id)}, {"is_admin": "1"}, {"scope": str(asked.id)}):
        browser = browser_of(production.port, cast.teacher())
        assert browser.get(f"/hub/requests/{asked.id}/?{urlencode(more)}").status == 404
        assert Browser(production.port, {"role": "hub_worker", OWN_SCOPE: str(asked.id)}).get(reverse("family:status")).status == 302


def test_v8_3_2_a_right_that_ends_ends_with_the_next_question(production: Served, db: None) -> None:
    asked, who = cast.family_request(), cast.hub_worker()
    browser = browser_of(production.port, who)
    assert browser.get(f"/hub/requests/{asked.id}/").status == 200
    type(who).objects.using("owner").filter(id=who.id).update(role=Role.SUPPORT_WORKER)
    assert browser.get(f"/hub/requests/{asked.id}/").status == 404


def test_v8_4_1_no_agency_touches_what_another_holds(production: Served, db: None) -> None:
    asked = cast.family_request()
    elsewhere = cast.account(Role.HUB_WORKER, cast.other_charity(), "Ina Moss")
    browser = browser_of(production.port, elsewhere)
    before = RequestForAssistance.objects.using("owner").get(id=asked.id).version
    path = f"/hub/requests/{asked.id}/close/"
    assert browser.post(path, {"version": str(before), "reason": "x", "outcome": "advice_given"}, page="/hub/").status == 404
    assert RequestForAssistance.objects.using("owner").get(id=asked.id).version == before


def test_v15_1_2_everything_that_is_taken_in_is_listed_with_its_digest() -> None:
    for name in ("runtime", "dev", "node"):
        lines = (places.ROOT / "requirements" / f"{name}.txt").read_text()
        packages = re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==", lines, re.MULTILINE | re.IGNORECASE)
        assert packages
        assert lines.count("--hash=sha256:") >= len(packages)
        assert "index-url" not in lines, "no other registry is named"


def test_v15_2_2_a_list_is_never_without_end(visitor: Browser) -> None:
    for number in range(60):
        cast.service(name=f"Club {number:03}")
    page = visitor.get("/services/").text
    assert page.count("Club ") == 50
    assert "page=2" in page


def test_v15_2_3_production_serves_nothing_that_is_only_for_tests_or_the_demonstration(answers: list[Answered]) -> None:
    shown = [one for one in answers if one.row.audience == "demo"]
    assert shown
    assert {one.answer.status for one in shown} == {404}
    product = [
        f"{where} {name}" for where, name in sources.imports() if name.split(".")[0] in ("tests", "workshop", "demo", "pytest", "factory")
    ]
    assert product == []


def test_v15_3_1_a_page_is_given_columns_by_name_and_never_a_whole_row() -> None:
    given = [
        (where, name) for where, name, call in sources.calls() if name.endswith(("serializers.serialize", "model_to_dict")) and call.args
    ]
    assert given == []
    assert sources.importers_of("django.core.serializers", "django.forms.models.model_to_dict", "rest_framework") == []


def test_v15_3_2_no_answer_of_another_server_leads_on_unseen() -> None:
    assert sources.importers_of("requests", "httpx") == []
    assert sources.callers_of("urllib.request.urlopen", "request.urlopen") == [], "it would follow wherever it is sent"
    openers = [call for _where, name, call in sources.calls() if name.endswith("build_opener")]
    assert all([ast.unparse(argument) for argument in call.args] == ["_NoDetours"] for call in openers)
    turn: Callable[..., object] = open_id._NoDetours().redirect_request
    assert turn(None, None, 302, "", {}, "http://169.254.169.254/") is None


def test_v15_3_3_a_form_sets_what_it_asks_and_nothing_else(production: Served, db: None) -> None:
    asked = cast.family_request()
    browser = browser_of(production.port, cast.hub_worker())
    more = {"holder_agency": str(cast.charity().id), "reference": "AAAA-AAAA-AAAA", "stage": "matched", "received_by": "x"}
    page = f"/hub/requests/{asked.id}/discuss/"
    version = str(RequestForAssistance.objects.using("owner").get(id=asked.id).version)
    assert browser.post(page, {"version": version, "reason": "We talk it over.", **more}).status == 302
    now = RequestForAssistance.objects.using("owner").get(id=asked.id)
    assert (now.holder_agency_id, now.reference, now.stage) == (asked.holder_agency_id, asked.reference, "in_discussion")


def test_v15_3_3_no_form_is_made_of_a_model() -> None:
    assert not [where for where, name in sources.imports() if name.endswith(("ModelForm", "modelform_factory"))]


def test_v15_3_5_types_are_checked_as_strictly_as_they_can_be() -> None:
    told = (places.ROOT / "pyproject.toml").read_text()
    assert "strict = true" in told.partition("[tool.mypy]")[2].partition("[tool.")[0]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "reachin/groundwork/permissions/rules.py"], cwd=places.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_v15_3_6_scripts_build_no_object_from_names_that_they_read() -> None:
    for path in PRODUCT.rglob("static/**/*.js"):
        text = path.read_text()
        assert not re.search(r"__proto__|Object\.assign\(|JSON\.parse", text), path
        for name in re.findall(r"\[(\w+)\]\s*=[^=]", text):
            assert f'for (const {name} of ["' in text, f"{path}: {name} is no name that stands in the script"


def test_v15_3_7_a_word_that_is_said_twice_confuses_nobody(production: Served, db: None) -> None:
    asked = cast.family_request()
    browser = browser_of(production.port, cast.hub_worker())
    version = str(RequestForAssistance.objects.using("owner").get(id=asked.id).version)
    path = f"/hub/requests/{asked.id}/close/"
    answer = browser.post(f"{path}?outcome=advice_given&version={version}", {"version": version, "reason": "x"})
    assert answer.status == 422, "what the address says is not taken for an answer of the form"
    doubled = Browser(production.port).get("/work/sign-in/?next=/hub/&next=//elsewhere.example")
    assert doubled.status == 200


def test_v15_3_4_where_somebody_asks_from_is_not_what_they_say(visitor: Browser) -> None:
    who = cast.teacher()
    statuses = [
        visitor.post("/work/sign-in/", {"email": who.email, "password": "x", "next": ""}, X_Real_IP=f"10.0.0.{n}").status for n in range(9)
    ]
    assert statuses[-1] == 429, "another address in a header does not begin the count anew"


@pytest.mark.asvs("2.4.1", "15.2.2")
def test_one_address_begins_no_draft_by_looking(visitor: Browser) -> None:
    for _ in range(20):
        visitor.get("/ask/")
    assert DraftRequest.objects.using("owner").count() == 0


def _path(name: str, request_id: object) -> str | None:
    words = list(FOUND[name].pattern.converters)
    if words != ["request_id"]:
        return None
    return reverse(name, kwargs={"request_id": request_id})
