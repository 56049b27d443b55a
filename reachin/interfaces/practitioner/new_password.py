"""Choosing a new password by a link that works once, after the old one was forgotten. It signs nobody in."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.networks import network_of
from reachin.groundwork.audited_access.pages import public_page
from reachin.groundwork.clock import now
from reachin.groundwork.one_time_links.actions import use_link
from reachin.groundwork.page_parts.pages import render
from reachin.partnership.accounts.forgotten import CHOOSE_WITHIN, PURPOSE, choose_new_password
from reachin.partnership.accounts.models import Account

from .forms import WRONG
from .security import PasswordForm
from .signing_in import SIGNING_IN

CHOOSING = "choosing_password"
"""Session key: whose password may be chosen here, until when."""
NOT_LED = _(
    "That did not work. The link works once, for an hour, with the words that you agreed on. Ask your information guardian for another."
)


class ChosenForm(PasswordForm):
    """The words that were agreed on, and a new password, twice."""

    words = forms.CharField(label=_("The words that you agreed on"), max_length=100)
    field_order = ("words", "new", "twice")

    def __init__(self, *args: Any, account: Account | None, **kwargs: Any) -> None:
        super().__init__(*args, account=account, **kwargs)
        if account is not None:
            del self.fields["words"]


@public_page(context="own")
@sensitive_post_parameters("new", "twice", "words")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Takes up the link: whether it was ever good is not said before the words are right."""
    account, too_often = _choosing(request), False
    form = ChosenForm(request.POST or None, account=account)
    if form.is_bound and form.is_valid():
        if account is None:
            used = use_link(token, purpose=PURPOSE, phrase=form.cleaned_data["words"], network=network_of(request.META))
            account, too_often = _let_choose(request, used.subject_id), used.is_too_often
        if account is None:
            form.add_error(None, str(NOT_LED))
        elif _fits(form, account):
            with acting(SIGNING_IN) as moment:
                choose_new_password(account.id, form.cleaned_data["new"], now=moment)
            request.session.flush()
            return render(request, "practitioner/new_password_chosen.html", {})
        else:
            form.fields.pop("words", None)
    status = 429 if too_often else WRONG if form.is_bound else 200
    return render(request, "practitioner/new_password.html", {"form": form}, status=status)


def _fits(form: ChosenForm, account: Account) -> bool:
    """Whether it is not their own name or address: what can be told only now that it is known who they are."""
    try:
        validate_password(form.cleaned_data["new"], account)
    except ValidationError as wrong:
        form.add_error("new", wrong)
        return False
    return True


def _let_choose(request: HttpRequest, account_id: UUID | None) -> Account | None:
    if account_id is None:
        return None
    request.session.flush()
    request.session[CHOOSING] = {"account": str(account_id), "until": (now() + CHOOSE_WITHIN).timestamp()}
    return _choosing(request)


def _choosing(request: HttpRequest) -> Account | None:
    """Whoever has used a link here lately, while their account works."""
    kept = request.session.get(CHOOSING)
    if kept is None or kept["until"] < now().timestamp():
        return None
    return Account.objects.active().filter(id=kept["account"]).first()
