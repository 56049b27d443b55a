"""Looks in the database for what families were told is kept; for the crash proof, as the owner. Reads JSON, writes JSON."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import django

django.setup()

from reachin.access.requests_for_assistance.models import DraftRequest, PlaceTold, RequestPerson, SafetyTold, StoryTold  # noqa: E402

STEP_OF_PERSON = "person: save"
MARK = "grebe"


def look_up(told: Iterable[Mapping[str, Any]], *, using: str = "default") -> dict[str, Any]:
    """How many acknowledged steps are lost, how many things are there more than once, and which, in words."""
    drafts, requests, people = _drafts(using), _requests(using), _people(using)
    lost: list[str] = []
    doubled: list[str] = []
    for one in told:
        words, steps = one["words"], Counter(one["steps"])
        records = drafts.get(words, []) + requests.get(words, [])
        if len(records) > 1:
            doubled.append(f"{words}: {len(records)} records")
        if one["sent"] and not requests.get(words):
            lost.append(f"{words}: sent, and not there")
        has_told_story = steps["question: save"] >= 1
        if has_told_story and not records:
            lost.append(f"{words}: its story was saved, and is not there")
        if records:
            kept = max(len(record["answers"]) for record in records)
            named = people.get(words, 0) + sum(record["people"] for record in records)
            saved = min(steps["question: save"], KEPT_TOGETHER)
            lost += [f"{words}: {kept} answers of at least {saved}"] * (kept < saved)
            lost += [f"{words}: {named} people of {steps[STEP_OF_PERSON]}"] * (named < steps[STEP_OF_PERSON])
            doubled += [f"{words}: {named} people of {steps[STEP_OF_PERSON]}"] * (named > steps[STEP_OF_PERSON] + (not one["sent"]))
    return {"lost": len(lost), "doubled": len(doubled), "wrong": lost + doubled}


KEPT_TOGETHER = 5
"""Answers of the first five pages stand in the records that are counted here (story, help, wishes, danger, place)."""


def _words_in(text: str) -> str | None:
    at = text.find(MARK)
    return None if at < 0 else text[at : at + len(MARK) + 7]


def _drafts(using: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for draft in DraftRequest.objects.using(using):
        answers = draft.answers()
        if words := _words_in(answers.get("story") or ""):
            named = [person for person in answers.get("people", []) if words in person["known_as"]]
            found.setdefault(words, []).append({"answers": answers, "people": len(named)})
    return found


def _requests(using: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    others: dict[Any, dict[str, Any]] = {}
    for record in (SafetyTold, PlaceTold):
        for telling in record.objects.using(using):
            others.setdefault(telling.pk, {}).update(telling.answers())
    for telling in StoryTold.objects.using(using):
        answers = telling.answers()
        if words := _words_in(answers.get("story") or ""):
            found.setdefault(words, []).append({"answers": answers | others.get(telling.pk, {}), "people": 0})
    return found


def _people(using: str) -> dict[str, int]:
    """How many people with these words in their name belong to requests."""
    counted: Counter[str] = Counter()
    for row in RequestPerson.objects.using(using).select_related("alias__person__details"):
        if words := _words_in(row.alias.person.details.facts().known_as):
            counted[words] += 1
    return counted


if __name__ == "__main__":
    print(json.dumps(look_up(json.load(sys.stdin))))
