"""Helping somebody who forgot their password: a link to their work address, with words that both agreed on. Who helps sees no link."""

from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of
from reachin.partnership.accounts.forgotten import offer_new_password
from reachin.partnership.accounts.notices import send_new_password_link

from .accounts import list_of, reached
from .homes import WRONG
from .pages import guardian_context


class PhraseForm(Form):
    """The words that helper and helped agreed on."""

    phrase = forms.CharField(
        label=_("Words that you and they agree on now"),
        help_text=_("On the telephone that you know to be theirs, or face to face. They type them once, with the link."),
        min_length=8,
        max_length=100,
        error_messages={"required": _("Write the words that you agreed on"), "min_length": _("Use at least eight letters")},
    )


@staff_page(permission=Permission.ACCOUNT_END, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Sends a link to somebody's work address, by which they choose a new password."""
    one = reached(request, account_id)
    form = PhraseForm(request.POST or None)
    if one.is_active and form.is_bound and form.is_valid():
        with transaction.atomic():
            token = offer_new_password(one, by=account_of(request), phrase=form.cleaned_data["phrase"], now=now())
            address = request.build_absolute_uri(reverse("practitioner:new_password", args=[token]))
            send_new_password_link(one, address, now=now())
        return redirect(f"{list_of(one.agency)}&done=new_password")
    context = {**guardian_context(request), "one": one, "form": form, "back": list_of(one.agency)}
    return render(request, "guardian/new_password.html", context, status=WRONG if request.method == "POST" else 200)
