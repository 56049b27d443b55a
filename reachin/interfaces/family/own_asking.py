"""Asking about one's own information: a copy, to delete, to stop, to put right, or a complaint; and reading the answer."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.referrals import corrections
from reachin.access.requests_for_assistance import safety
from reachin.families.information_requests import actions
from reachin.families.information_requests.enums import AskedFor, Face, State, WordsKind
from reachin.families.information_requests.models import (
    CopyEntry,
    Correction,
    ErasureEntry,
    InformationRequest,
    InformationWords,
    PartnerNotice,
)
from reachin.families.people.models import Person
from reachin.groundwork.audited_access.pages import family_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render

from .own_information import OWN_PAGE
from .own_words import ASKED_WORDS, ERASED_WORDS, KEPT_WORDS, KIND_WORDS, STATE_WORDS, who_words
from .who import bearers_scope, posted

WRONG = 422
TO_ASK = (AskedFor.COPY, AskedFor.ERASURE, AskedFor.OBJECTION, AskedFor.CORRECTION)
KIND_LABELS = {
    AskedFor.COPY: _("Give me a copy of what you hold about me"),
    AskedFor.ERASURE: _("Delete what you hold about me"),
    AskedFor.OBJECTION: _("Stop using it, or stop sharing it"),
    AskedFor.CORRECTION: _("Put right what is wrong"),
}


class AskForm(Form):
    """What somebody wants done with what is held about them."""

    kind = forms.ChoiceField(
        label=_("What would you like us to do?"),
        choices=[(kind.value, KIND_LABELS[kind]) for kind in TO_ASK],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you would like us to do")},
    )
    words = forms.CharField(
        label=_("Tell us a little more"),
        help_text=_("What should we delete, stop or put right? For a copy you can leave this empty."),
        widget=forms.Textarea,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") in (AskedFor.ERASURE, AskedFor.OBJECTION, AskedFor.CORRECTION) and not cleaned.get("words"):
            self.add_error("words", _("Write what we should delete, stop or put right"))
        return cleaned


class ComplainForm(Form):
    """One question, answered by a face, by words, or both."""

    face = forms.ChoiceField(
        label=_("How did it make you feel?"),
        choices=[(Face.SAD, _("😢 Sad")), (Face.ANGRY, _("😠 Angry")), (Face.SCARED, _("😨 Scared")), (Face.MIXED, _("😕 Mixed up"))],
        widget=forms.RadioSelect,
        required=False,
    )
    words = forms.CharField(
        label=_("What happened?"),
        help_text=_("You can write, or only choose a face. You can do both."),
        widget=forms.Textarea,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("face") and not cleaned.get("words"):
            self.add_error("face", _("Choose a face, or write what happened"))
        return cleaned


def _asks(request: HttpRequest, kind: AskedFor, *, words: str, face: Face | None = None) -> HttpResponse:
    scope, person, moment = bearers_scope(request), Person.objects.get(), now()
    asked = actions.ask(person, kind, by=scope, words=words, face=face, now=moment)
    is_danger = safety.look_at_what_was_asked(scope, person.id, words, now=moment)
    address = reverse("family:asked", args=[asked.id])
    return redirect(f"{address}?help=now" if is_danger else address)


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a copy, to delete, to stop, or to put right."""
    form = AskForm(posted(request), initial={"kind": request.GET.get("about")})
    if form.is_bound and form.is_valid():
        return _asks(request, AskedFor(form.cleaned_data["kind"]), words=form.cleaned_data["words"])
    return render(request, "family/ask_about.html", {"form": form}, status=WRONG if form.is_bound else 200)


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """Say that something was not right: for children too."""
    form = ComplainForm(posted(request))
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        return _asks(request, AskedFor.COMPLAINT, words=told["words"], face=Face(told["face"]) if told["face"] else None)
    return render(request, "family/complain.html", {"form": form}, status=WRONG if form.is_bound else 200)


def _asked(asked_id: UUID) -> dict[str, Any]:
    """One thing that was asked and its answer, as far as it is given. Raises Http404 for what is not theirs."""
    card = InformationRequest.objects.select_related("controller").filter(id=asked_id).first()
    if card is None:
        raise Http404
    said = {kept.kind: kept.said() for kept in InformationWords.objects.filter(information_request=card).order_by("written_at")}
    entries = CopyEntry.objects.filter(information_request=card).select_related("controller").order_by("place")
    return {
        "card": card,
        "what": ASKED_WORDS[card.kind],
        "state_words": STATE_WORDS[card.state],
        "controller": who_words(card.controller),
        "face": Face(card.face).label if card.face else "",
        "said": said.get(WordsKind.ASKED, ""),
        "answer": said.get(WordsKind.REFUSAL if card.state == State.REFUSED else WordsKind.ANSWER, ""),
        "is_refused": card.state == State.REFUSED,
        "is_copy": card.kind == AskedFor.COPY and card.state == State.RELEASED,
        "is_late": card.is_late_on(now().date()),
        **_erased(card),
        "corrected": [{"label": corrections.label_of(one), **one.facts()} for one in Correction.objects.filter(information_request=card)],
        "partners_told": PartnerNotice.objects.filter(information_request=card).count(),
        "entries": [
            {"held_at": one.held_at, "kind": KIND_WORDS[one.category], "controller": who_words(one.controller), "words": one.said()}
            for one in entries
        ],
    }


def _erased(card: InformationRequest) -> dict[str, Any]:
    """What was deleted, and what is kept and why, once it is answered."""
    found = ErasureEntry.objects.filter(information_request=card).order_by("place")
    return {
        "erased": [{"what": ERASED_WORDS[one.kind], "since": one.since} for one in found if one.done_at],
        "kept": [
            {"what": ERASED_WORDS[one.kind], "since": one.since, "why": KEPT_WORDS[one.kept_because]} for one in found if one.kept_because
        ],
    }


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD"])
def asked(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """Where it stands, and the answer."""
    return render(request, "family/asked.html", {**_asked(asked_id), "help_now": "help" in request.GET})


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD"])
def asked_print(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """The answer on paper."""
    return render(request, "family/asked_print.html", {**_asked(asked_id), "printed_at": now()})
