from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.page_parts.squares import square
from reachin.interfaces.hub.navigation import account_of
from reachin.partnership.accounts import actions, factors
from reachin.partnership.accounts.enums import Means
from reachin.partnership.accounts.models import Account, AuthenticatorApp, Passkey
from reachin.partnership.accounts.passkeys import NotVerified, ask_to_make
from reachin.partnership.accounts.rules import app_address, seed_words

from .forms import WRONG
from .signing_in_passkeys import CREDENTIAL_LENGTH, asked_in, here, keep_challenge
from .signing_in_visits import changed_means, frame, key_of, needs_factor, proved_again, stay_signed_in

DONE = {
    "app": gettext_lazy("Your app is set up. From now on you are asked for a code from it."),
    "passkey": gettext_lazy("Your passkey is set up. You can sign in with it from now on."),
    "removed": gettext_lazy("It is removed, and you are signed out everywhere else."),
    "home": gettext_lazy("It is kept as you said."),
    "password": gettext_lazy("Your password is changed, and you are signed out everywhere else."),
}
NO_CODE_OF_APP = gettext_lazy("This is not the code that the app shows now. Wait for the next one and type it here.")
NO_PASSKEY = gettext_lazy("The passkey could not be set up. Try again, or set up an app instead.")


class AppForm(Form):
    """A code from the app that is being set up."""

    code = forms.CharField(label=gettext_lazy("The six digits that the app shows"), max_length=20)


class PasswordForm(Form):
    """A new password, twice."""

    new = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 12 letters. Three or four words that only you put together are good."),
        widget=forms.PasswordInput,
        strip=False,
        max_length=1000,
    )
    twice = forms.CharField(label=gettext_lazy("The new password again"), widget=forms.PasswordInput, strip=False, max_length=1000)

    def __init__(self, *args: Any, account: Account | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        new = cleaned.get("new")
        if new and cleaned.get("twice") and new != cleaned["twice"]:
            self.add_error("twice", _("This is not the same as above"))
        if new:
            try:
                validate_password(new, self.account)
            except ValidationError as wrong:
                self.add_error("new", wrong)
        return cleaned


@staff_page(before_factor=True)
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """By what this member of staff signs in: passkeys, an app, recovery codes, the password."""
    account = account_of(request)
    context = {
        **frame(request),
        "passkeys": list(account.passkeys.order_by("added_at").values("id", "device", "added_at", "last_used_at")),
        "app": AuthenticatorApp.objects.filter(account=account, confirmed_at__isnull=False).values("confirmed_at").first(),
        "codes_left": factors.codes_left(account),
        "needs_factor": needs_factor(request),
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "practitioner/security.html", context)


@staff_page(fresh=True, before_factor=True)
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Sets up an app in two steps: it takes the key, then a code from it is typed."""
    account = account_of(request)
    if factors.has_app(account):
        return redirect("practitioner:security")
    if request.method == "POST" and "begin" in request.POST:
        factors.offer_app(account, by=account, now=now())
        return redirect("practitioner:app")
    form = AppForm(request.POST or None)
    if form.is_bound and form.is_valid():
        had_factor = factors.has_factor(account)
        if factors.confirm_app(account, form.cleaned_data["code"], by=account, key=key_of(request), now=now()):
            return _set_up(request, account, Means.APP, had_factor=had_factor)
        form.add_error("code", NO_CODE_OF_APP)
    offered = AuthenticatorApp.objects.filter(account=account).first()
    context = {**frame(request), "form": form, **(_shown_key(account, offered) if offered is not None else {"key": ""})}
    return render(request, "practitioner/app.html", context, status=WRONG if form.is_bound else 200)


def _shown_key(account: Account, offered: AuthenticatorApp) -> dict[str, Any]:
    seed = factors.seed_of(offered)
    return {"key": seed_words(seed), "picture": square(app_address(seed, service=settings.SERVICE_NAME, email=account.email))}


def _set_up(request: HttpRequest, account: Account, means: Means, *, had_factor: bool) -> HttpResponse:
    """Goes on after a factor was added: this visit has proved it; a first one leads to recovery codes."""
    stay_signed_in(request, account)
    proved_again(request, account, means, moment=now())
    if not had_factor:
        return redirect("practitioner:recovery_codes")
    return redirect(f"{reverse('practitioner:security')}?done={means.value}")


@staff_page(fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_app(request: HttpRequest) -> HttpResponse:
    """Asks, and then removes the app."""
    account = account_of(request)
    if not factors.has_app(account):
        raise Http404
    if request.method == "POST":
        factors.remove_app(account, by=account, key=key_of(request), now=now())
        return _removed(request, account)
    context = {**frame(request), "what": "app", "device": "", "is_last": not factors.has_passkey(account)}
    return render(request, "practitioner/remove_factor.html", context)


@staff_page(fresh=True, before_factor=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Keeps a passkey that the browser makes."""
    account, is_tried = account_of(request), request.method == "POST"
    had_factor = factors.has_factor(account)
    if is_tried and _keeps_passkey(request, account):
        return _set_up(request, account, Means.PASSKEY, had_factor=had_factor)
    context = {**frame(request), "trouble": NO_PASSKEY if is_tried else ""}
    return render(request, "practitioner/add_passkey.html", context, status=WRONG if is_tried else 200)


def _keeps_passkey(request: HttpRequest, account: Account) -> bool:
    challenge, credential = asked_in(request), request.POST.get("credential", "")
    if challenge is None or len(credential) > CREDENTIAL_LENGTH:
        return False
    key, agent = key_of(request), request.headers.get("User-Agent", "")
    try:
        factors.add_passkey(account, credential, challenge=challenge, here=here(request), by=account, key=key, user_agent=agent, now=now())
    except (NotVerified, factors.AlreadyThere):
        return False
    return True


@staff_page(fresh=True, before_factor=True)
@require_POST
def new_passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser is to make."""
    account = account_of(request)
    return keep_challenge(request, ask_to_make(account, known=factors.known_credentials(account), here=here(request)))


@staff_page(fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_passkey(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Asks, and then removes a passkey of one's own."""
    account = account_of(request)
    passkey = Passkey.objects.select_related("account").filter(id=passkey_id, account=account).first()
    if passkey is None:
        raise Http404
    if request.method == "POST":
        factors.remove_passkey(passkey, by=account, key=key_of(request), now=now())
        return _removed(request, account)
    is_last = not factors.has_app(account) and account.passkeys.count() == 1
    context = {**frame(request), "what": "passkey", "device": passkey.device, "is_last": is_last}
    return render(request, "practitioner/remove_factor.html", context)


def _removed(request: HttpRequest, account: Account) -> HttpResponse:
    """Goes on after a factor was removed; after the last one this visit counts as begun by the password alone."""
    stay_signed_in(request, account)
    if not factors.has_factor(account):
        changed_means(request, account, Means.PASSWORD)
    return redirect(f"{reverse('practitioner:security')}?done=removed")


@staff_page(fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Makes new recovery codes and shows them, this once: that is why the page answers the form itself and leads nowhere."""
    account = account_of(request)
    if not factors.has_factor(account):
        return redirect("practitioner:security")
    made = factors.make_recovery_codes(account, by=account, now=now()) if request.method == "POST" else []
    context = {**frame(request), "codes": made, "codes_left": factors.codes_left(account)}
    return render(request, "practitioner/recovery_codes.html", context)


@staff_page(fresh=True)
@sensitive_post_parameters("new", "twice")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Changes the password, which ends the visits elsewhere."""
    account = account_of(request)
    form = PasswordForm(request.POST or None, account=account)
    if form.is_bound and form.is_valid():
        actions.change_password(account, form.cleaned_data["new"], by=account, key=key_of(request), now=now())
        stay_signed_in(request, account)
        return redirect(f"{reverse('practitioner:security')}?done=password")
    context = {**frame(request), "form": form}
    return render(request, "practitioner/password.html", context, status=WRONG if form.is_bound else 200)
