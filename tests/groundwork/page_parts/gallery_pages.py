"""One page with every macro, in each state: what the tests read and the browser looks at."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from django import forms
from django.core.paginator import Paginator
from django.forms.widgets import CheckboxSelectMultiple, HiddenInput, PasswordInput, RadioSelect, Textarea
from django.http import HttpRequest, QueryDict
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_input_lazy
from django.test import RequestFactory

from reachin.groundwork import page_parts
from reachin.groundwork.languages.text import TextInLanguages
from reachin.groundwork.page_parts.environment import showing
from reachin.groundwork.page_parts.fields import DateInThreeParts, PartialDateInThreeParts
from reachin.groundwork.page_parts.forms import Form

PARTS = Path(page_parts.__file__).parent
GALLERY = Path(__file__).parent / "gallery"
RTL_NAME = "مريم الحسن"


class GalleryForm(Form):
    """A field of every kind."""

    name = forms.CharField(label="Your name", help_text="As you like to be called")
    story = forms.CharField(label="What is going on?", widget=Textarea)
    email = forms.EmailField(label="Email", required=False)
    phone = forms.CharField(label="Phone number", required=False)
    letter_to = forms.CharField(label="Where shall we write to?", widget=Textarea, required=False)
    how = forms.ChoiceField(
        label="How may we get in touch?",
        widget=RadioSelect,
        choices=[("phone", "By phone"), ("post", "By letter"), ("none", "Don’t contact me")],
    )
    needs = forms.MultipleChoiceField(
        label="What would help?",
        widget=CheckboxSelectMultiple,
        choices=[("money", "Money and bills"), ("sleep", "My child’s sleep"), ("none", "None of these")],
    )
    agree = forms.BooleanField(label="I have read who will see this")
    born_on = DateInThreeParts(label="Date of birth", latest=date(2026, 11, 22), earliest=date(1900, 1, 1))
    due_on = PartialDateInThreeParts(label="When is the baby due?", required=False, help_text="A month is enough")
    area = forms.ChoiceField(
        label="Where do you live?",
        required=False,
        choices=[
            ("", "Choose"),
            ("Islands", [("in", "Innis"), ("or", "Orasaigh")]),
            ("Mainland", [("st", "Strathlennan and the very long name of a glen")]),
        ],
    )
    children = forms.IntegerField(label="How many children?", required=False)
    password = forms.CharField(label="Your phrase", widget=PasswordInput, required=False)
    token = forms.CharField(widget=HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("name") == "nobody":
            raise forms.ValidationError("Somebody must be named", params={"field": "name"})
        if self.cleaned_data.get("name") == "whole form":
            raise forms.ValidationError("This was sent before")
        return self.cleaned_data


class OneQuestion(Form):
    """As most of a family's pages are."""

    how = forms.ChoiceField(label="How may we get in touch?", widget=RadioSelect, choices=[("phone", "By phone"), ("post", "By letter")])


WRONG = {
    "name": "",
    "story": f"<script>alert(1)</script>\r\n\r\n{RTL_NAME} 🙂",
    "email": "not an address",
    "phone": "",
    "how": "carrier pigeon",
    "needs": ["money", "everything"],
    "born_on_day": "31",
    "born_on_month": "2",
    "born_on_year": "2015",
    "due_on_day": "3",
    "due_on_month": "",
    "due_on_year": "2027",
    "area": "moon",
    "children": "two",
}


class Filters(Form):
    """As a queue has them."""

    stage = forms.ChoiceField(label="Stage", required=False, choices=[("", "Any"), ("received", "Received")])
    words = forms.CharField(label="Words", required=False)
    since = forms.CharField(label="Since", required=False)


def posted(values: dict[str, Any]) -> QueryDict:
    """The values as a browser posts them."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


class Row:
    NAMES: ClassVar = ("Aisha Rahman", "Seonaidh MacLeòid", RTL_NAME, "Bartholomew Featherstonehaugh-Cholmondeley", "Jo")


def context(form: Form) -> dict[str, Any]:
    """Everything that the gallery shows."""
    moment = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)
    rows = [
        [
            {"text": f"K7F{number}-9QTX", "url": f"#row-{number}"},
            {"text": Row.NAMES[number % 5], "more": "Parent of two"},
            {"tag": "Received", "colour": "blue"} if number % 3 else {"tag": "Urgent", "colour": "red"},
            "Innis and the western glens",
            number * 7 + 1,
            None if number % 2 else "22 Nov 2026",
        ]
        for number in range(12)
    ]
    return {
        "form": form,
        "filters": Filters(),
        "moment": moment,
        "rows": rows,
        "columns": ["Reference", "Who asks", "Stage", "Area", {"label": "Days waiting", "numeric": True}, "Last contact"],
        "page_of_many": Paginator(range(1000), 50).page(7),
        "text": TextInLanguages(en="Only in English so far"),
        "signed_in": {"name": "Morag Innes", "role": "Hub worker", "agency": "Strathlennan Council"},
        "navigation": [
            ("practitioner:queue", "Queue", True),
            {"url": "#inbox", "text": "Inbox", "current": False, "count": 3},
            ("public:hide", "Services", False),
        ],
        "sign_out_url": "/staff/sign-out",
    }


@cache
def engine() -> Jinja2:
    """The real environment, with the gallery's templates before the house's."""
    return Jinja2(
        {
            "NAME": "gallery",
            "DIRS": [GALLERY, PARTS / "jinja2"],
            "APP_DIRS": False,
            "OPTIONS": {"environment": "reachin.groundwork.page_parts.environment.environment"},
        }
    )


def form_in(state: str, template: str) -> Form:
    """The page's form: "empty", or with "errors" in every field that can have one."""
    form_class = OneQuestion if template == "one_question.html" else GalleryForm
    return form_class(posted(WRONG)) if state == "errors" else form_class()


def show(template: str, state: str = "empty", request: HttpRequest | None = None) -> str:
    """A gallery page's HTML."""
    request = request or RequestFactory().get("/gallery?stage=received&page=7")
    with showing(request, csrf_input_lazy(request)):
        return str(engine().get_template(template).render(context(form_in(state, template)), request))
