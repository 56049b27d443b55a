"""Where a member of staff lives, as their agency says it: kept as a digest, compared with the homes of whom they look at, never shown."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of
from reachin.partnership.accounts.homes import NoPostcode, forget_home, say_home
from reachin.partnership.accounts.models import Account, StaffHome

from .accounts import list_of, reached
from .pages import guardian_context

WRONG = 422


class HomeForm(Form):
    """A postcode, which is never shown again."""

    postcode = forms.CharField(
        label=_("Postcode"),
        help_text=_("For example, PA34 4AA. It is never shown again, to nobody."),
        max_length=20,
        error_messages={"required": _("Write a whole postcode, such as PA34 4AA")},
    )


def keeps_home(request: HttpRequest, form: HomeForm, account: Account) -> bool:
    """Whether what was posted is done now: the home forgotten, or kept. Otherwise the form says what is wrong."""
    by = account_of(request)
    with transaction.atomic():
        if "forget" in request.POST:
            forget_home(account, by=by, now=now())
            return True
        if not form.is_valid():
            return False
        try:
            say_home(account, form.cleaned_data["postcode"], by=by, now=now())
        except NoPostcode:
            form.add_error("postcode", form.fields["postcode"].error_messages["required"])
            return False
    return True


def home_of(account: Account) -> dict[str, Any] | None:
    """Since when a home is kept of somebody, and whether they said it themselves; never which."""
    kept = StaffHome.objects.filter(account=account).values("said_at", "said_by").first()
    return kept and {"said_at": kept["said_at"], "by_themselves": kept["said_by"] == account.id}


@staff_page(permission=Permission.ACCOUNT_END, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """The agency says where somebody of it lives, or takes it back."""
    one = reached(request, account_id)
    form = HomeForm(request.POST or None)
    if request.method == "POST" and keeps_home(request, form, one):
        return redirect(f"{list_of(one.agency)}&done=home")
    context = {**guardian_context(request), "one": one, "form": form, "kept": home_of(one), "back": list_of(one.agency)}
    return render(request, "guardian/home.html", context, status=WRONG if request.method == "POST" else 200)
