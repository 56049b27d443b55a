"""Two incidents of being in touch: what goes to an address that was left, and what is said to a machine that somebody else hears."""

from itertools import product
from typing import TYPE_CHECKING, Any

from workshop.proofs.replaying import Replay, asker_of, copy_given, delivered, guardians, ids_of, messages
from workshop.proofs.world import Aviary

if TYPE_CHECKING:
    from reachin.access.referrals.models import Referral
    from reachin.access.requests_for_assistance.models import RequestForAssistance

WAYS = ("email", "address", "through", "safe_times", "who_may_answer", "cover_name")
"""All that says how somebody may be reached."""
OLD_NUMBER, NEW_NUMBER = "07700 900761", "07700 900762"
CLEARED = dict.fromkeys(("phone", "email", "address", "through", "safe_times", "who_may_answer", "cover_name"), "")
TELLS = ("Reach In", "help", "family", "famil", "child", "support", "social", "school", "referr", "request", "hub", "charity")
"""Words that would say to whoever else hears or reads a message what it is about."""


def address_to_old_address(replay: Replay) -> None:
    """She left. A change of address is a reason to write, and the letter goes where he lives still.

    An agency that was asked before she left holds her old address; one has yet to answer. From then on nothing goes there, and nobody
    reads it as the safe way.
    """
    from django.urls import reverse

    from tests import cast

    birds = Aviary("curlew")
    made = cast.family_request(**birds.answers("before she left", phone=OLD_NUMBER, may_leave_message="yes", safe_times=""))
    old = {*birds.said("before she left", *WAYS), OLD_NUMBER}
    asked = _asked_of_three(made)
    her = cast.came_in(made)
    waiting = [one for one in messages() if one.about == made.id]
    replay.must(
        "messages", waiting and all(one.address.startswith(birds.bird) for one in waiting), "there was no news to be sent before she left"
    )
    new = birds.word("after she left", "address")
    left = her.post(reverse("family:contact"), CLEARED | {"contact_way": "letter", "address": new, "may_leave_message": "yes"})
    replay.must("safe contact", left.status_code == 302, f"she cannot say that she left ({left.status_code})")
    before = len(messages())
    _much_happens(replay, made, asked)
    replay.must("messages", len(messages()) > before, "nothing happened of which anybody was told")
    her.post(reverse("family:contact"), CLEARED | {"contact_way": "text", "phone": NEW_NUMBER, "may_leave_message": "yes"})
    _ask_family(made)
    went = delivered()
    for address, words in went:
        replay.silent("messages", address + words, old | {new}, "what went out after she left")
    replay.must("messages", any(address == NEW_NUMBER for address, _words in went), "nothing went to where she is now")
    copy_given(her, by_the_pages=replay)
    _who_still_reads(replay, made, old)
    replay.nowhere_else(birds.said("before she left"), at_rest=old)


def _asked_of_three(made: "RequestForAssistance") -> "list[Referral]":
    """One that answers after she left, one that has ended by then, and one that is rung up."""
    from reachin.access.referrals.enums import ReferralState, Shared
    from tests import cast

    everything = tuple(Shared)
    live = cast.sent_referral(made, to=cast.service(run_by=cast.charity()), receiver=cast.charity(), shares=everything)
    by_phone = cast.sent_referral(
        made, to=cast.service(run_by=cast.charity_by_phone(), name="The shed"), receiver=cast.charity_by_phone(), shares=everything
    )
    ended = cast.sent_referral(
        made, to=cast.service(run_by=cast.other_charity(), name="Pier club"), receiver=cast.other_charity(), shares=everything
    )
    steps = (ReferralState.ACCEPTED, ReferralState.IN_PROGRESS, ReferralState.COMPLETED)
    return [live, by_phone, cast.answered(ended, *steps, by=cast.stranger())]


def _much_happens(replay: Replay, made: "RequestForAssistance", asked: "list[Referral]") -> None:
    """News of each kind, by the pages of whoever makes it: an answer, a question, something shared, a copy that is worked on."""
    from django.urls import reverse

    from tests import cast

    live = asked[0]
    answer = cast.signed_in(cast.support_worker()).post(
        reverse("practitioner:answer", args=[live.id]), {"to": "accepted", "version": live.version, "words": ""}
    )
    replay.must("letters and answers", answer.status_code == 302, f"a charity cannot answer ({answer.status_code})")
    _ask_family(made)
    complained = cast.came_in(made).post(reverse("family:complain"), {"face": "sad", "words": ""})
    asked_id = complained.headers["Location"].strip("/").split("/")[-1]
    cast.signed_in(guardians()[0]).post(reverse("guardian:acknowledge", args=[asked_id]))


def _ask_family(made: "RequestForAssistance") -> None:
    from reachin.access.requests_for_assistance import actions
    from tests import cast

    with cast.opened(cast.hub_worker(), made) as now:
        actions.ask_family(made, by=cast.hub_worker(), question="Which day suits you?", now=now)


def _who_still_reads(replay: Replay, made: "RequestForAssistance", old: set[str]) -> None:
    """Her old address stands in the copy of what was held of her, and nowhere else: no screen and no print calls it the safe way."""
    from tests import cast

    ids, worker = ids_of(made), cast.hub_worker()
    for who, client in (
        ("the charity that was asked", cast.signed_in(cast.support_worker())),
        ("a charity whose help has ended", cast.signed_in(cast.stranger())),
        ("the hub", cast.signed_in(worker)),
    ):
        replay.walks(who, client, ids, never=old)
    replay.walks("she herself", cast.came_in(made), ids, never=old, but=lambda name, _path: name in ("family:asked", "family:asked_print"))


def voicemail(replay: Replay) -> None:
    """Somebody says on a machine that the women's service rang. Whoever hears it first is he.

    For each way and each answer to "may we leave a message": what a machine sends, what waits for a person, and what that person reads.
    """
    from tests import cast

    birds, silent_numbers = Aviary("dipper"), set()
    for place, (way, may_leave) in enumerate(product(("phone", "text", "email", "letter", "through", "come_back"), ("yes", "no", None))):
        key, number = f"{way} {may_leave}", f"07700 9007{place:02d}"
        made = cast.family_request(**birds.answers(key, phone=number, contact_way=way, may_leave_message=may_leave, safe_times=""))
        masked = cast.sent_referral(made, to=cast.service(run_by=cast.womens_aid(), name="The Lighthouse"), receiver=cast.womens_aid())
        told = [one for one in messages() if one.about == made.id and not one.for_staff]
        goes_alone = way in ("text", "email") and may_leave == "yes"
        replay.must("messages", bool(told) == (way != "come_back"), f"{key}: {len(told)} messages")
        wanted = "queued" if goes_alone else "by_hand"
        replay.must("messages", all(one.state == wanted for one in told), f"{key}: {[one.state for one in told]}")
        if not goes_alone:
            silent_numbers |= {number, *birds.said(key, "email")}
        _read_before_ringing(replay, made, masked, way, may_leave)
    cast.family_request(contact_way="text", may_leave_message="yes", language="Gàidhlig")
    _say_nothing(replay, birds)
    for address, _words in delivered():
        replay.silent("messages", address, silent_numbers, "what a machine sent")
    every = set().union(*(birds.said(key) for key in birds.all))
    replay.nowhere_else(every)


def _read_before_ringing(replay: Replay, made: "RequestForAssistance", referral: "Referral", way: str, may_leave: Any) -> None:
    """Whoever rings reads first whether a message may be left and what to say if somebody else answers: on screen and on paper alike."""
    from django.urls import reverse

    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    if way == "come_back":
        return
    cover = _told(made)["cover_name"]
    helper = cast.signed_in(cast.account(Role.SUPPORT_WORKER, cast.womens_aid()))
    worker = cast.signed_in(cast.hub_worker())
    for client, page, feature in (
        (worker, reverse("hub:request", args=[made.id]), "hub pages"),
        (worker, reverse("hub:print", args=[made.id]), "prints"),
        (helper, reverse("practitioner:referral", args=[referral.id]), "practitioners' pages"),
        (helper, reverse("practitioner:referral_print", args=[referral.id]), "prints"),
    ):
        text = client.get(page).content.decode()
        replay.sings(feature, text, [cover], page)
        if may_leave != "yes":
            replay.must(
                feature,
                "Yes, that is all right" not in text and "Yes, you can leave a message" not in text,
                f"{page} lets somebody leave one",
            )


def _told(made: "RequestForAssistance") -> dict[str, str]:
    from reachin.families.people.models import ContactInstruction

    return ContactInstruction.objects.using("owner").get(person_id=asker_of(made), ended_at=None).told()


def _say_nothing(replay: Replay, birds: Aviary) -> None:
    """Neither subject nor words of a message to a family say whom it is from, about what, or to whom."""
    from reachin.access.directory.models import Service
    from reachin.partnership.agencies.models import Agency

    names = {*Agency.objects.using("owner").values_list("name", flat=True), *Service.objects.using("owner").values_list("name", flat=True)}
    for message in messages():
        if message.for_staff:
            continue
        text = (message.subject + " " + message.words).casefold()
        told = [word for word in (*TELLS, *names) if word.casefold() in text]
        replay.must("messages", not told, f"a message to a family says {', '.join(told)}")
        replay.silent("messages", text, set().union(*(birds.said(key) for key in birds.all)), "a message to a family")
