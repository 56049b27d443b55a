"""The page that stands before a record when somebody has opened too many: it asks why, or says whom to ring."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render

from .enums import BrakeStep, OpeningReason

REASON = "opening_reason"
WHY_ASKED = "opening_asked"
"""In the form that asks why: the page behind it was to be read. Without it something was being posted, and goes on with the reason."""
NOT_CARRIED = frozenset({REASON, WHY_ASKED, "csrfmiddlewaretoken"})
TOO_MANY = 429


class WhyForm(Form):
    """Why one more record is opened, or somebody else searched for."""

    opening_reason = forms.ChoiceField(
        label=_("Why are you opening this one?"),
        choices=OpeningReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why")},
    )


def reason_given(request: HttpRequest) -> OpeningReason | None:
    """The reason that was chosen, if one was."""
    given = request.POST.get(REASON, "") if request.method == "POST" else ""
    return OpeningReason(given) if given in OpeningReason.values else None


def returns_to_page(request: HttpRequest) -> HttpResponse:
    """The way to the page that was to be read: the record is open to this account now."""
    return redirect(request.get_full_path())


def braked_page(request: HttpRequest, step: BrakeStep, *, of_agency: bool = False, of_searches: bool = False) -> HttpResponse:
    """Says what happened. Nothing that was being posted is lost: it is carried in the form that asks why."""
    was_asked = REASON in request.POST or WHY_ASKED in request.POST
    carried = [(name, value) for name in request.POST for value in request.POST.getlist(name) if name not in NOT_CARRIED]
    is_reading = request.method != "POST" or WHY_ASKED in request.POST
    form = WhyForm(request.POST if was_asked else None)
    if of_searches:
        form.fields["opening_reason"].label = _("Why are you searching for this one?")
    context = {
        "form": form,
        "is_refused": step == BrakeStep.REFUSED,
        "of_agency": of_agency,
        "of_searches": of_searches,
        "carried": [*carried, *([(WHY_ASKED, "1")] if is_reading else [])],
    }
    return render(request, "page_parts/braked.html", context, status=TOO_MANY)
