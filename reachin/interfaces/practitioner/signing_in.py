from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.demo import is_demo
from reachin.groundwork.audited_access.pages import public_page
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.partnership.accounts.models import Account

from .forms import WRONG

START = "practitioner:start"
NOT_LET_IN = _("The email address or the password is not right. Check both and try again.")


class SignInForm(Form):
    """Who signs in, and where to afterwards."""

    email = forms.EmailField(label=_("Work email address"), max_length=254)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, strip=False, max_length=1000)
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)


@public_page(context="own")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signs a member of staff in. An unknown address and a wrong password read the same and take the same time."""
    if _signed_in(request) is not None:
        return redirect(_onward(request, request.GET.get("next", "")))
    form = SignInForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if form.is_bound and form.is_valid():
        account = _let_in(request, form.cleaned_data["email"], form.cleaned_data["password"])
        if account is not None:
            return redirect(_onward(request, form.cleaned_data["next"]))
        form.add_error(None, NOT_LET_IN)
    return render(request, "practitioner/sign_in.html", {"form": form, "is_demo": is_demo()}, status=WRONG if form.is_bound else 200)


def _let_in(request: HttpRequest, email: str, password: str) -> Account | None:
    """The account that these open, signed in under a new session; nothing of an earlier visit comes along."""
    found = authenticate(request, email=email.casefold(), password=password)
    account = Account.objects.active().select_related("agency").filter(id=found.pk).first() if found is not None else None
    if account is None or found is None:
        return None
    request.session.flush()
    login(request, found)
    with acting(account.actor()):
        record("account.signed_in", subject_kind="account", subject_id=account.id)
    return account


def _signed_in(request: HttpRequest) -> Account | None:
    if not request.user.is_authenticated:
        return None
    return Account.objects.active().select_related("agency").filter(id=request.user.pk).first()


def _onward(request: HttpRequest, wished: str) -> str:
    """Where to go next: the page that was wished for if it is one of ours, else where the role begins."""
    is_ours = url_has_allowed_host_and_scheme(wished, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wished if is_ours else resolve_url(START)


@public_page(context="own")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the visit on this device; the session is gone, not only emptied."""
    account = _signed_in(request)
    if account is not None:
        with acting(account.actor()):
            record("account.signed_out", subject_kind="account", subject_id=account.id)
    logout(request)
    return redirect("practitioner:sign_in")


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Mapping[str, Any] | None = None) -> HttpResponse:
    """The page after too many tries (django-axes calls it): the same for accounts that exist and those that do not."""
    return render(request, "practitioner/locked_out.html", status=429)
