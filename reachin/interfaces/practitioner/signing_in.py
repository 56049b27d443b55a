from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.demo import is_demo
from reachin.groundwork.audited_access.pages import public_page, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.interfaces.hub.navigation import account_of
from reachin.partnership.accounts.enums import Means
from reachin.partnership.accounts.factors import has_factor, has_passkey, known_credentials, try_code, use_passkey
from reachin.partnership.accounts.models import Account, SignInProvider
from reachin.partnership.accounts.passkeys import NotVerified, ask_to_show
from reachin.partnership.accounts.rules import SECOND_STEP_WITHIN, is_two_factor
from reachin.partnership.accounts.sessions import leave

from .forms import WRONG
from .signing_in_passkeys import CREDENTIAL_LENGTH, asked_in, here, keep_challenge
from .signing_in_visits import begin_visit, frame, key_of, onward, proved_again

HALF_WAY = "half_way"
"""Session key: who has typed their password and is asked for the second step."""
SIGNING_IN = Actor.system("signing_in")
NOT_LET_IN = _("The email address or the password is not right. Check both and try again.")
NOT_PROVED = _("That did not work. Check it and try again. After five wrong codes, no code works for a quarter of an hour.")


class SignInForm(Form):
    """Who signs in, and where to afterwards."""

    email = forms.EmailField(label=_("Work email address"), max_length=254)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, strip=False, max_length=1000)
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)


class CodeForm(Form):
    """The second step: a code, by whichever way."""

    code = forms.CharField(
        label=_("Code"), help_text=_("The six digits that your app shows, or one of your recovery codes."), max_length=40
    )


class AgainForm(Form):
    """Who is here proves it again. A code is asked of those who have a second factor."""

    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, strip=False, max_length=1000)
    code = forms.CharField(
        label=_("Code"), help_text=_("The six digits that your app shows, or one of your recovery codes."), max_length=40
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def __init__(self, *args: Any, asks_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_code:
            del self.fields["code"]


@public_page(context="own")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signs a member of staff in. An unknown address and a wrong password read the same and take the same time."""
    if signed_in(request) is not None:
        return redirect(onward(request, request.GET.get("next", "")))
    form = SignInForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if form.is_bound and form.is_valid():
        account = _let_in(request, form.cleaned_data["email"], form.cleaned_data["password"])
        if account is not None:
            return next_step(request, account, Means.PASSWORD, wished=form.cleaned_data["next"])
        form.add_error(None, NOT_LET_IN)
    return show_sign_in(request, form, status=WRONG if form.is_bound else 200)


def show_sign_in(request: HttpRequest, form: SignInForm, *, trouble: Any = "", status: int) -> HttpResponse:
    """The page on which everybody begins; `trouble` is why another way than the password did not work."""
    organisations = SignInProvider.objects.filter(ended_at=None, agency__closed_at=None).exists()
    context = {"form": form, "trouble": trouble, "organisations": organisations, "is_demo": is_demo()}
    return render(request, "practitioner/sign_in.html", context, status=status)


def _let_in(request: HttpRequest, email: str, password: str) -> Account | None:
    """The account that these open."""
    found = authenticate(request, email=email.casefold(), password=password)
    return Account.objects.active().select_related("agency").filter(id=found.pk).first() if found is not None else None


def next_step(request: HttpRequest, account: Account, means: Means, *, wished: str, **proved: Any) -> HttpResponse:
    """After a first proof: the second step where the account has one and the means are no two factors, else the visit begins."""
    if is_two_factor(means) or not has_factor(account):
        begin_visit(request, account, means, **proved)
        return redirect(onward(request, wished))
    request.session.flush()
    until = (now() + SECOND_STEP_WITHIN).timestamp()
    request.session[HALF_WAY] = {"account": str(account.id), "hash": account.get_session_auth_hash(), "until": until, "next": wished}
    return redirect("practitioner:second_step")


@public_page(context="own")
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code after the password: of an app or for recovery. Wrong, used, too late and too often read the same."""
    account = half_way(request)
    if account is None:
        return redirect("practitioner:sign_in")
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with acting(SIGNING_IN) as moment:
            means = try_code(account, form.cleaned_data["code"], now=moment)
        if means is not None:
            return next_step(request, account, means, wished=_wished(request))
        form.add_error(None, NOT_PROVED)
    return _show_second_step(request, account, form, status=WRONG if form.is_bound else 200)


def _show_second_step(request: HttpRequest, account: Account, form: CodeForm, *, trouble: Any = "", status: int) -> HttpResponse:
    context = {"form": form, "trouble": trouble, "has_passkey": has_passkey(account)}
    return render(request, "practitioner/second_step.html", context, status=status)


def half_way(request: HttpRequest) -> Account | None:
    """Whoever typed their password lately, while the account works and no session of theirs was ended since."""
    kept = request.session.get(HALF_WAY)
    if kept is None or kept["until"] < now().timestamp():
        return None
    account = Account.objects.active().select_related("agency").filter(id=kept["account"]).first()
    return account if account is not None and constant_time_compare(kept["hash"], account.get_session_auth_hash()) else None


def _wished(request: HttpRequest) -> str:
    """Where whoever is half way wanted to go."""
    wished: str = request.session.get(HALF_WAY, {}).get("next", "")
    return wished


@public_page(context="own")
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What a browser is to ask for when a passkey is to be shown: those of who is half way or here, else any."""
    account = half_way(request) or signed_in(request)
    asked = ask_to_show(known=known_credentials(account) if account is not None else (), here=here(request))
    return keep_challenge(request, asked)


@public_page(context="own")
@require_POST
def by_passkey(request: HttpRequest) -> HttpResponse:
    """Signs in by a passkey, with the password before it or without."""
    before = half_way(request)
    account = _shown(request)
    if account is not None and (before is None or before.id == account.id):
        wished = request.POST.get("next", "")[:2000] if before is None else _wished(request)
        return next_step(request, account, Means.PASSKEY, wished=wished)
    if before is not None:
        return _show_second_step(request, before, CodeForm(), trouble=NOT_PROVED, status=WRONG)
    return show_sign_in(request, SignInForm(), trouble=NOT_PROVED, status=WRONG)


def _shown(request: HttpRequest) -> Account | None:
    challenge = asked_in(request)
    credential = request.POST.get("credential", "")
    if challenge is None or len(credential) > CREDENTIAL_LENGTH:
        return None
    try:
        with acting(SIGNING_IN) as moment:
            return use_passkey(credential, challenge=challenge, here=here(request), now=moment)
    except NotVerified:
        return None


@staff_page(before_factor=True, while_away=True)
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Signing in again before something that must not be done at a screen that was left open. In the demonstration a tap is enough."""
    account = account_of(request)
    has_second = has_factor(account)
    wished = request.POST.get("next", request.GET.get("next", ""))[:2000]
    is_tried = request.method == "POST"
    by_key = is_tried and "credential" in request.POST
    form = AgainForm(request.POST if is_tried and not by_key else None, initial={"next": wished}, asks_code=has_second)
    means = _proof(request, account, form, by_key=by_key, asks_code=has_second) if is_tried else None
    if means is not None:
        proved_again(request, account, means, moment=now())
        record("account.signed_in_again", subject_kind="account", subject_id=account.id)
        return redirect(onward(request, wished))
    if form.is_bound and form.is_valid():
        form.add_error(None, NOT_PROVED)
    context = {
        **frame(request),
        "form": form,
        "next": wished,
        "trouble": NOT_PROVED if by_key else "",
        "has_passkey": has_passkey(account),
        "organisation": _organisation(account),
        "is_demo": is_demo(),
        "is_away": "away" in request.GET,
    }
    return render(request, "practitioner/again.html", context, status=WRONG if is_tried else 200)


def _proof(request: HttpRequest, account: Account, form: AgainForm, *, by_key: bool, asks_code: bool) -> Means | None:
    """By what somebody has proved that they are still who they were; None if they have not."""
    if is_demo() and "demonstration" in request.POST:
        return Means.DEMONSTRATION
    if by_key:
        return _key_of_theirs(request, account)
    if not form.is_valid():
        return None
    found = authenticate(request, email=account.email.casefold(), password=form.cleaned_data["password"])
    if found is None or found.pk != account.id:
        return None
    return try_code(account, form.cleaned_data["code"], now=now()) if asks_code else Means.PASSWORD


def _key_of_theirs(request: HttpRequest, account: Account) -> Means | None:
    challenge = asked_in(request)
    credential = request.POST.get("credential", "")
    if challenge is None or len(credential) > CREDENTIAL_LENGTH:
        return None
    try:
        found = use_passkey(credential, challenge=challenge, here=here(request), now=now())
    except NotVerified:
        return None
    return Means.PASSKEY if found.id == account.id else None


def _organisation(account: Account) -> SignInProvider | None:
    return SignInProvider.objects.filter(agency_id=account.agency_id, ended_at=None).first()


def signed_in(request: HttpRequest) -> Account | None:
    """Who is signed in here, while their account and agency work."""
    if not request.user.is_authenticated:
        return None
    return Account.objects.active().select_related("agency").filter(id=request.user.pk).first()


@public_page(context="own")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the visit on this device; the session is gone, not only emptied."""
    account = signed_in(request)
    if account is not None:
        with acting(account.actor()) as moment:
            leave(account, by=account, key=key_of(request), now=moment)
    logout(request)
    return redirect("practitioner:sign_in")


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Mapping[str, Any] | None = None) -> HttpResponse:
    """The page after too many tries (django-axes calls it): the same for accounts that exist and those that do not."""
    return render(request, "practitioner/locked_out.html", status=429)
