"""Where a member of staff lives, if they like to say it: so that a neighbour's record is asked about. Never shown again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.page_parts.pages import render
from reachin.interfaces.guardian.homes import HomeForm, home_of, keeps_home
from reachin.interfaces.hub.navigation import account_of

from .forms import CHANGED, WRONG
from .signing_in_visits import frame


@staff_page()
@require_http_methods(["GET", "HEAD", "POST"])
def own_home(request: HttpRequest) -> HttpResponse:
    """They say it, or take it back; what their agency said, only the agency changes."""
    account = account_of(request)
    kept, form = home_of(account), HomeForm(request.POST or None)
    is_agencys = kept is not None and not kept["by_themselves"]
    status = 200
    if request.method == "POST":
        if not is_agencys and keeps_home(request, form, account):
            return redirect(f"{reverse('practitioner:security')}?done=home")
        status = CHANGED if is_agencys else WRONG
    return render(
        request, "practitioner/own_home.html", {**frame(request), "form": form, "kept": kept, "is_agencys": is_agencys}, status=status
    )
