"""Three incidents of somebody in another's papers: an adopted child's two names, who told, and a child from next door."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workshop.proofs.matrix import records
from workshop.proofs.replaying import Replay, account_for, asker_of, copy_given, delivered, ids_of, joined, people_of
from workshop.proofs.world import Aviary

if TYPE_CHECKING:
    from uuid import UUID

    from reachin.access.referrals.models import Referral
    from reachin.access.requests_for_assistance.models import RequestForAssistance

UNDERSTANDS = "She told back in her own words what the page is for."
REFUSED = (404, 409, 422)


def adopted_child(replay: Replay) -> None:
    """A child's first family was sent a letter that bore the new name and the new address.

    Her first mother asked for help, years ago; her new family asks now, from a home that is a secret. Both records are rightly joined, as
    it is one child. Whoever knew her under one name must not learn the other, joined or parted.
    """
    from tests import cast

    birds = Aviary("merlin")
    first = cast.family_request(**birds.answers("first family", may_leave_message="yes"))
    new = cast.family_request(**birds.answers("new family", home_is_secret="yes", may_leave_message="yes"))
    child_then, child_now = people_of(first)[1], people_of(new)[1]
    friend, helper = cast.stranger(), cast.support_worker()
    cast.sent_referral(first, to=cast.service(run_by=cast.other_charity(), name="Pier club"), receiver=cast.other_charity())
    with joined(child_now, child_then):
        cast.sent_referral(new, to=cast.service(run_by=cast.charity()), receiver=cast.charity())
        ids = ids_of(first, new)
        for made, others in ((first, birds.said("new family")), (new, birds.said("first family"))):
            who = "the first family" if made == first else "the new family"
            her = cast.came_in(made)
            copy_given(her, by_the_pages=replay)
            replay.walks(
                who, her, ids_of(first, new), never=others, once=birds.said("first family" if made == first else "new family", "story")
            )
            own = account_for(made, people_of(made)[1], why=UNDERSTANDS)
            copy_given(own, by_the_pages=replay)
            replay.walks(f"the child, by the record of {who}", own, ids_of(first, new), never=others)
        replay.walks("an agency that knew her then", cast.signed_in(friend), ids, never=birds.said("new family"))
        replay.walks("an agency that knows her now", cast.signed_in(helper), ids, never=birds.said("first family"))
        _one_at_a_time(replay, first, new, birds)
        went = delivered()
        _written_to_the_right_one(replay, first, new, birds)
        replay.must("messages", went, "nothing was sent: the replay proves nothing")
    replay.walks("the first family, once parted", cast.came_in(first), ids_of(first, new), never=birds.said("new family"))
    replay.nowhere_else(birds.said("first family") | birds.said("new family"))


def _one_at_a_time(replay: Replay, first: "RequestForAssistance", new: "RequestForAssistance", birds: Aviary) -> None:
    """The hub holds both: on a page of the one, on its prints and while it shares, nothing of the other is to be read by mistake."""
    from tests import cast

    worker, both = cast.signed_in(cast.hub_worker()), ids_of(first, new)

    def elsewhere(made: "RequestForAssistance") -> Callable[[str, str], bool]:
        return lambda _name, path: str(made.id) not in path

    replay.walks("the hub at the first family's", worker, both, never=birds.said("new family"), but=elsewhere(first))
    replay.walks("the hub at the new family's", worker, both, never=birds.said("first family"), but=elsewhere(new))


def _written_to_the_right_one(replay: Replay, first: "RequestForAssistance", new: "RequestForAssistance", birds: Aviary) -> None:
    """News of the one goes to nobody of the other."""
    from workshop.proofs.replaying import messages

    for made, other in ((first, "new family"), (new, "first family")):
        told = [one for one in messages() if one.about == made.id]
        replay.silent("messages", "\n".join(one.address for one in told), birds.said(other, "email"), "an address")


def enquirer_named(replay: Replay) -> None:
    """A council's answer to a father named the neighbour who had been worried about the children.

    A relative asks for help for a mother and her child; a teacher does for another. Those who were asked for read all that they may, with
    pages of their own and with copies of everything: who asked, and what they said, is nowhere.
    """
    from reachin.access.requests_for_assistance.enums import AskedBy
    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    birds = Aviary("plover")
    mother = {"known_as": "Rowan", "age_years": 34, "relation": "parent"}
    child = {"known_as": "Tam", "age_years": 9, "relation": "child"}
    worried = cast.danger_request(**birds.answers("who told", people=[mother, child], must_not_know=None))
    relatives = cast.family_request(asked_by=AskedBy.RELATIVE, **birds.answers("a relative", people=[mother, child], must_not_know=None))
    teacher = cast.account(Role.PRACTITIONER, cast.school(), f"Ms {birds.word('a teacher', 'account').title()}")
    teachers = cast.practitioner_request(
        teacher, **birds.answers("a teacher", people=[mother, child], must_not_know=None, reach_me=birds.word("a teacher", "reach me"))
    )
    hers = cast.family_request(**birds.answers("herself"))
    for made in (worried, relatives, teachers):
        cast.sent_referral(made, to=cast.service(run_by=cast.charity()), receiver=cast.charity())
    who_told = set().union(*(birds.said(one) for one in ("who told", "a relative", "a teacher"))) | {teacher.name}
    for made in (worried, relatives, teachers):
        mothers, childs = _named(made)
        for who, named, why in (("the mother who was named", mothers, ""), ("the child who was named", childs, UNDERSTANDS)):
            client = account_for(made, named, why=why)
            copy_given(client, by_the_pages=replay)
            replay.walks(who, client, ids_of(made, hers), never=who_told)
        with joined(asker_of(hers), mothers):
            her = cast.came_in(hers)
            copy_given(her, by_the_pages=replay)
            replay.walks("the mother, who asked herself too", her, ids_of(made, hers), never=who_told, once=birds.said("herself", "story"))
    replay.nowhere_else(who_told | birds.said("herself"), at_rest=who_told - {teacher.name, *birds.said("a teacher", "account")})


def _named(made: "RequestForAssistance") -> "tuple[UUID, UUID]":
    """The mother and the child whom somebody else named in a request, by their relation."""
    from reachin.access.requests_for_assistance.models import RequestPerson

    rows = RequestPerson.objects.using("owner").filter(request_for_assistance=made)
    found = dict(rows.values_list("relation", "alias__person_id"))
    return found["parent"], found["child"]


def neighbours_child(replay: Replay) -> None:
    """A child's plan held the child of the family next door: somebody had taken the wrong one from a list.

    Two families of one street, at one hub, helped by one charity. A worker puts the neighbour's child into every form that takes a person;
    nothing comes of it, and neither family reads a word of the other.
    """
    from tests import cast

    birds = Aviary("siskin")
    ours, theirs = (cast.family_request(**birds.answers(key)) for key in ("ours", "theirs"))
    sent = [cast.sent_referral(made, to=cast.service(run_by=cast.charity()), receiver=cast.charity()) for made in (ours, theirs)]
    before = records()
    _take_the_wrong_one(replay, ours, theirs, sent)
    replay.must("referrals' snapshots", records() == before, "a record has changed by the wrong child's being chosen")
    for key, other, made, referral in (("ours", "theirs", ours, sent[0]), ("theirs", "ours", theirs, sent[1])):
        her, never = cast.came_in(made), birds.said(other)
        copy_given(her, by_the_pages=replay)
        ids = ids_of(ours, theirs)
        replay.walks(f"the family ({key})", her, ids, never=never, once=birds.said(key, "story"))
        child = account_for(made, people_of(made)[1], why=UNDERSTANDS)
        replay.walks(f"the child ({key})", child, ids, never=never)
        worker = cast.signed_in(cast.hub_worker())
        replay.walks("the hub", worker, ids_of(made), never=never, but=_not_about(made))
        helper = cast.signed_in(cast.support_worker())
        replay.walks("the charity of both", helper, ids_of(made), never=never, but=_not_about(made, referral))
    replay.nowhere_else(birds.said("ours") | birds.said("theirs"))


def _not_about(made: "RequestForAssistance", referral: "Referral | None" = None) -> Callable[[str, str], bool]:
    """Lists name everybody; each page about one family holds that family alone."""
    about = [str(made.id), *map(str, people_of(made)), *([str(referral.id)] if referral else [])]
    return lambda _name, path: not any(one in path for one in about)


def _take_the_wrong_one(replay: Replay, ours: "RequestForAssistance", theirs: "RequestForAssistance", sent: "list[Referral]") -> None:
    """The neighbour's child in each form that takes a person: whom help is for, a circle, a page of their own, the end of a share."""
    from django.urls import reverse

    from reachin.access.requests_for_assistance.models import RequestPerson
    from reachin.families.information_sharing.models import CircleEntry
    from tests import cast

    alias = RequestPerson.objects.using("owner").filter(request_for_assistance=theirs).order_by("place")[1].alias_id
    child = people_of(theirs)[1]
    entry = CircleEntry.objects.using("owner").filter(person_id=child).order_by("id")[0].id
    worker = cast.signed_in(cast.hub_worker())
    form = worker.get(reverse("hub:refer", args=[ours.id])).content.decode()
    pier = cast.service(run_by=cast.other_charity(), name="Pier club")
    refers = {
        "people": [str(alias)],
        "shares": ["story", "contact"],
        "services": [str(pier.id)],
        "words": "",
        **_hidden(form, "version", "key"),
    }
    shares: dict[str, Any] = {"person": str(child), "agency": str(cast.school().id)}
    offers = {"ground": "understands", "why": UNDERSTANDS, "phrase": "two red mugs"}
    tried: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("referrals' snapshots", reverse("hub:refer", args=[ours.id]), refers),
        ("circles", reverse("hub:circle_add", args=[ours.id]), shares),
        ("circles", reverse("hub:circle_end", args=[ours.id, entry]), {}),
        ("own accounts", reverse("hub:offer_own_account", args=[ours.id, child]), offers),
    )
    for feature, path, told in tried:
        answer = worker.post(path, told)
        replay.must(feature, answer.status_code in REFUSED, f"{path} took the neighbour's child ({answer.status_code})")
    helper = cast.signed_in(cast.support_worker())
    answer = helper.post(reverse("practitioner:answer", args=[sent[0].id]), {"to": "accepted", "version": "99", "people": str(alias)})
    replay.must("letters and answers", answer.status_code in REFUSED, f"an answer took another version ({answer.status_code})")


def _hidden(page: str, *names: str) -> dict[str, str]:
    """What hidden fields of a form hold."""
    found = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{name}"', page) for name in names}
    return {name: (match[1] or match[2] or "") for name, match in found.items() if match}
