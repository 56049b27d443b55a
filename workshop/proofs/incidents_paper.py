"""Three incidents of what is handed over: papers for a court, a report that nobody redacted, a sheet that nobody saw."""

import io
import zipfile
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from workshop.proofs import seen
from workshop.proofs.replaying import PAPER, Replay, asker_of, copy_given, guardians, ids_of, joined, people_of
from workshop.proofs.world import Aviary

if TYPE_CHECKING:
    from uuid import UUID

    from reachin.access.requests_for_assistance.models import RequestForAssistance

OWN_COPY = ("family:asked", "family:asked_print")
KNOWN_TYPES = ("text/html", "text/plain", "application/json")
"""What answers are today, and what the eye of these proofs can take apart. Another type fails until it is looked into."""
HIDDEN = ('state="hidden"', 'state="veryHidden"', "<w:vanish", "<w:del ", "<w:comment ")


def court_bundle(replay: Replay) -> None:
    """Papers of hers went to the court, and with them to him: the refuge's address stood on one of them.

    She lives in hiding; one agency was told where. He has asked for help himself, asks for a copy, and gets every paper there is.
    """
    from reachin.access.referrals.enums import Shared
    from tests import cast

    birds = Aviary("gannet")
    hers = cast.family_request(**birds.answers("hers", home_is_secret="yes", contact_way="letter", may_leave_message="yes"))
    his = cast.family_request(**birds.answers("his"))
    secret = birds.said("hers", "place", "address")
    where = (Shared.STORY, Shared.CONTACT, Shared.PLACE)
    for agency, name, shares in ((cast.charity(), "A friendly ear", where), (cast.womens_aid(), "The Lighthouse", tuple(Shared))):
        cast.sent_referral(hers, to=cast.service(run_by=agency, name=name), receiver=agency, shares=shares)
    cast.sent_referral(
        hers, to=cast.service(run_by=cast.other_charity(), name="Pier club"), receiver=cast.other_charity(), shares=where[:2]
    )
    for made in (hers, his):
        copy_given(cast.came_in(made), by_the_pages=replay)
    _papers_of_everybody(replay, hers, his, secret, birds.said("hers"))
    _said_later(replay, birds)
    replay.nowhere_else(birds.said("hers") | birds.said("his"))


def _papers_of_everybody(
    replay: Replay, hers: "RequestForAssistance", his: "RequestForAssistance", secret: set[str], hers_alone: set[str]
) -> None:
    """No paper of anybody's names where she lives, but the copy that is her own; he and whoever was not told read it nowhere at all."""
    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    def on_screen(name: str, _path: str) -> bool:
        return not any(part in name for part in PAPER)

    ids, aid = ids_of(hers, his), cast.womens_aid()
    replay.walks("himself", cast.came_in(his), ids, never=hers_alone)
    replay.walks("a charity that was not told where", cast.signed_in(cast.stranger()), ids, never=secret)
    replay.walks("she herself", cast.came_in(hers), ids, never=secret, but=lambda name, path: name in (*OWN_COPY, "family:contact"))
    for who, account in (
        ("a charity that was told where", cast.support_worker()),
        ("Women's Aid", cast.account(Role.SUPPORT_WORKER, aid)),
        ("the hub", cast.hub_worker()),
        ("the hub's guardian", guardians()[0]),
    ):
        walked = replay.walks(who, cast.signed_in(account), ids, never=secret, but=on_screen)
        told = [path for path, text in walked.items() if seen.found(text, secret)]
        if account.agency_id != cast.hub().id:
            marked = [path for path in told if "has to stay secret" in walked[path]]
            replay.must("practitioners' pages", told == marked, f"{who} reads where she lives and not that it is a secret: {told}")


def _said_later(replay: Replay, birds: Aviary) -> None:
    """Another was found and fled again: only now it is a secret, and an agency was told before. From now on its papers are silent too."""
    from django.urls import reverse

    from reachin.access.referrals.enums import Shared
    from tests import cast

    made = cast.family_request(**birds.answers("said later", contact_way="letter", may_leave_message="yes"))
    secret = birds.said("said later", "place", "address")
    referral = cast.sent_referral(made, to=cast.service(run_by=cast.charity()), receiver=cast.charity(), shares=tuple(Shared))
    charity, page = cast.signed_in(cast.support_worker()), reverse("practitioner:referral", args=[referral.id])
    paper = reverse("practitioner:referral_print", args=[referral.id])
    replay.sings("prints", charity.get(paper).content.decode(), birds.said("said later", "place"), "a paper before it was a secret")
    cast.came_in(made).post(reverse("family:home"), {"is_hidden": "yes"})
    replay.silent("prints", seen.text_of(charity.get(paper)), secret, "a paper of what became a secret later")
    replay.sings(
        "practitioners' pages", charity.get(page).content.decode(), ["has to stay secret"], "the page of what became a secret later"
    )


def unredacted_report(replay: Replay) -> None:
    """A report was sent out with what others had said of her still in it, and what her child had told in confidence.

    Her child, her sister and a teacher each asked about her; all of it was joined to her record. Social work looks into something of which
    she is not to know yet. She asks for a copy of everything, and gets it by the pages of two guardians who put nothing in.
    """
    from reachin.access.requests_for_assistance.enums import AskedBy
    from tests import cast

    birds = Aviary("kestrel")
    hers = cast.family_request(**birds.answers("hers"))
    mother = {"known_as": "Rowan", "age_years": 34, "relation": "parent"}
    childs = cast.young_persons_request(
        **birds.answers("child's", people=[mother, {"known_as": "Skye", "age_years": 13, "relation": "self"}])
    )
    sisters = cast.family_request(asked_by=AskedBy.RELATIVE, **birds.answers("sister's", people=[mother]))
    cast.sent_referral(sisters, words=birds.word("sister's", "to a charity"))
    others = birds.said("child's") | birds.said("sister's")
    inquiry = _looked_into(birds, hers)
    with ExitStack() as held:
        for made in (childs, sisters):
            held.enter_context(joined(asker_of(hers), _named_in(made)))
        her = cast.came_in(hers)
        asked = copy_given(her, by_the_pages=replay)
        own = birds.said("hers", "story", "wishes", "email")
        every = others | birds.said("inquiry")
        ids = ids_of(hers, childs, sisters)
        walked = replay.walks("whoever asked for the report", her, ids, never=every, once=own)
        _not_warned(replay, walked, inquiry)
        _preparer_puts_nothing_in(replay, asked.id)
    replay.nowhere_else(every | birds.said("hers"))


def _named_in(made: "RequestForAssistance") -> "UUID":
    """The record of whoever somebody else named in their request."""
    asker = asker_of(made)
    return next(one for one in people_of(made) if one != asker)


def _looked_into(birds: Aviary, hers: "RequestForAssistance") -> str:
    """The hub shares her record with an agency that looks into something, and she is not told; gives the agency's name."""
    from reachin.families.information_sharing.actions import decide_sharing
    from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
    from reachin.families.information_sharing.rules import SevenThings
    from reachin.partnership.agencies.enums import AgencyKind
    from tests import cast

    unit = cast.agency("inquiry-unit", kind=AgencyKind.SOCIAL_WORK, name="Joint inquiry unit")
    things = SevenThings(
        decision=Decision.SHARE,
        purpose=Purpose.PROTECTION,
        categories=(Category.CONTACT,),
        why=birds.word("inquiry", "why"),
        views=birds.word("inquiry", "views"),
        necessity=birds.word("inquiry", "necessity"),
        informed=Informed.NOT_TOLD,
        not_told_why=birds.word("inquiry", "not told why"),
        basis=Basis.PUBLIC_TASK,
    )
    with cast.opened(cast.hub_worker(), hers) as now:
        decide_sharing(asker_of(hers), unit, things, by=cast.hub_worker(), now=now)
    return unit.name


def _not_warned(replay: Replay, walked: dict[str, str], inquiry: str) -> None:
    """Neither her circle nor her copy nor who looked names whoever looks into something."""
    for path, text in walked.items():
        if path.startswith(("/my-information/who", "/my-information/asked", "/my-page")):
            replay.silent("subject access copies" if "asked" in path else "receipts", text, [inquiry], f"{path} as she herself")


def _preparer_puts_nothing_in(replay: Replay, asked_id: "UUID") -> None:
    """What others said is in nobody's hands alone: once it is given nothing can be put in by either of the two."""
    from django.urls import reverse

    from reachin.families.information_requests.models import CopyEntry
    from tests import cast

    withheld = CopyEntry.objects.using("owner").filter(information_request_id=asked_id, is_withheld=True)
    replay.must("subject access copies", withheld.exists(), "nothing was withheld: the replay proves nothing")
    for who in guardians() if withheld else ():
        answer = cast.signed_in(who).post(reverse("guardian:copy_entry", args=[asked_id, withheld[0].id]), {"step": "put_in"})
        replay.must("subject access copies", answer.status_code in (404, 409), f"put in afterwards: {answer.status_code}")


def hidden_sheet(replay: Replay) -> None:
    """A workbook was published with the names on a sheet that nobody saw. What is not shown must not be in what is sent, either.

    Every answer to everybody is taken apart: comments, hidden fields, headers, each part of each file. Lists hold names at most; an agency
    gets the parts that were chosen for it, in the source as well.
    """
    from reachin.access.referrals.enums import Shared
    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    birds = Aviary("lapwing")
    made = cast.danger_request(**birds.answers("hers", home_is_secret="yes"))
    teachers = cast.practitioner_request(cast.teacher(), **birds.answers("teacher's"))
    names = birds.said("hers", "your_name", "name ") | birds.said("teacher's", "your_name", "name ")
    told = birds.said("hers") | birds.said("teacher's")
    contact = birds.said("hers", "email", "through", "safe_times", "who_may_answer", "cover_name", "first_contact_name")
    story = birds.said("hers", "story", "wishes", "not_wanted")
    only_story = cast.sent_referral(made, to=cast.service(run_by=cast.charity()), receiver=cast.charity(), shares=(Shared.STORY,))
    only_contact = cast.sent_referral(
        made, to=cast.service(run_by=cast.other_charity(), name="Pier club"), receiver=cast.other_charity(), shares=(Shared.CONTACT,)
    )
    ids = ids_of(made, teachers)
    _the_eye_sees(replay, next(iter(names)))
    for role in Role:
        for agency in (cast.hub(), cast.social_work(), cast.school()):
            _lists_hold_names(replay, cast.signed_in(cast.account(role, agency)), f"{role.value} at {agency.slug}", told - names)
    place = birds.said("hers", "place", "must_not_know", "address")
    receiver, other = cast.signed_in(cast.support_worker()), cast.signed_in(cast.stranger())
    replay.walks("a charity that was told the story", receiver, ids, never=contact | place | birds.said("teacher's"), once=story)
    replay.walks(
        "a charity that was told the contact", other, ids, never=story | place | birds.said("teacher's"), once=birds.said("hers", "email")
    )
    replay.walks("anybody", _anybody(), ids, never=told)
    replay.must("referrals' snapshots", only_story.id != only_contact.id, "one referral for two agencies")
    replay.nowhere_else(told)


def _anybody() -> Any:
    from django.test import Client

    return Client()


def _lists_hold_names(replay: Replay, client: Any, who: str, never: set[str]) -> None:
    """Pages that open no record: whatever they list, its words are not in them, seen or unseen."""
    from django.urls import resolve

    for name, row, path in seen.addresses({}):
        if row.audience != "staff" or resolve(path).func.page_mark.opens is not None:  # type: ignore[attr-defined]
            continue
        answer = client.get(path)
        feature = "lists and searches"
        replay.silent(feature, seen.text_of(answer), never, f"{path} as {who}")
        kind = answer.headers.get("Content-Type", "text/html").split(";")[0]
        replay.must("exports", kind in KNOWN_TYPES or not answer.content, f"{path} as {who} is a file of an unknown kind: {kind}")
        hidden = [mark for mark in HIDDEN if mark in seen.text_of(answer)]
        replay.must("exports", not hidden, f"{path} ({name}) as {who} holds {', '.join(hidden)}")


def _the_eye_sees(replay: Replay, word: str) -> None:
    """A workbook with a hidden sheet and a packed PDF: what looks for words has to find one there."""
    import zlib

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as workbook:
        workbook.writestr("xl/workbook.xml", '<sheets><sheet name="Figures"/><sheet name="Names" state="veryHidden"/></sheets>')
        workbook.writestr("xl/worksheets/sheet2.xml", f"<c><v>{word}</v></c>")
    page = b"%PDF-1.7\nstream\n" + zlib.compress(f"({word}) Tj".encode()) + b"\nendstream"
    for body in (packed.getvalue(), page):
        replay.must("exports", word in "\n".join(seen.parts_of(body)), "a hidden part of a file is not seen")
