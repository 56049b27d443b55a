"""An estranged parent in many shapes: each with what he may lawfully have, knows or holds, and none may read a word of hers.

One mother lives in hiding with her daughter; everything that the product does was done for them. Each shape is one way in which he could
stand near: planted by the real pages and actions, then walked through every address with every id that there is.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workshop.proofs.replaying import TOGETHER, Replay, account_for, asker_of, copy_given, ids_of, joined, link_for, people_of
from workshop.proofs.seen import crawl, found
from workshop.proofs.world import Aviary

if TYPE_CHECKING:
    from django.test import Client

    from reachin.access.requests_for_assistance.models import RequestForAssistance
    from reachin.groundwork.permissions.enums import Role
    from reachin.partnership.accounts.models import Account
    from reachin.partnership.agencies.models import Agency

HIM = "Dean"
PHONE, DAUGHTERS_AGE = "07700 900555", 13
OURS = "blue boat at the pier"
"""The phrase that he knows."""
UNDERSTANDS = "She told back what the page is for."
LEAST_SERVED = 12
"""Pages that anybody is served, public ones among them: a walk that is served fewer proves nothing."""


@dataclass(frozen=True)
class Story:
    """What is hers: requests, the words in hiding, the links and codes that she had."""

    birds: Aviary
    hers: "RequestForAssistance"
    daughters: "RequestForAssistance"
    used_link: str

    @property
    def words(self) -> set[str]:
        """Everything that she and her daughter told, and what was written about them."""
        return self.birds.said("hers") | self.birds.said("daughter's")

    def ids(self, *his: "RequestForAssistance") -> dict[str, list[UUID]]:
        """Every id of hers, and of his own beside them."""
        return ids_of(self.hers, self.daughters, *his)


@dataclass(frozen=True)
class Looks:
    """He sits down somewhere: at this browser, with these ids beside hers. `knows`: what of hers was lawfully told to him there."""

    client: "Client"
    his: "tuple[RequestForAssistance, ...]" = ()
    knows: frozenset[str] = frozenset()


Shape = Callable[[Story], Iterator[Looks]]


@dataclass
class Findings:
    """What the walks of all shapes came to."""

    shapes: int
    pages: int
    foreign: list[str]
    words: set[str]


def walked(*names: str, small: bool = False) -> Findings:
    """Plants each shape (or those of these names), and looks through everything that he is given for any word of hers.

    With `small` he leaves out addresses that only lead him to a door: the matrix says so of each.
    """
    from django.test import override_settings

    with override_settings(OPENING_RATES_TIMES=100):
        story = told()
        pages = 0
        foreign: list[str] = []
        chosen = {name: SHAPES[name] for name in names or SHAPES}
        for name, shape in chosen.items():
            for looks in shape(story):
                seen, wrong = _walk(name, story, looks, _opened_by(looks.client) if small else ())
                pages, foreign = pages + seen, foreign + wrong
    return Findings(len(chosen), pages, foreign, story.words)


def _opened_by(client: "Client") -> list[str]:
    """The addresses that are for whoever sits at this browser: a family's, or those of staff."""
    from tests.access_matrix import MATRIX

    at_work = "_auth_user_id" in client.session
    return [name for name, row in MATRIX.items() if row.audience != ("family" if at_work else "staff")]


def _walk(name: str, story: Story, looks: Looks, among: Collection[str]) -> tuple[int, list[str]]:
    pages, served, wrong = 0, 0, []
    for _address, path, status, text in crawl(looks.client, story.ids(*looks.his), among):
        pages, served = pages + 1, served + (status == 200)
        sung = found(text, story.words - looks.knows)
        if sung or status >= 500:
            wrong.append(f"{', '.join(sung) or status} on {path} as an estranged parent who {name}")
    if served < LEAST_SERVED:
        wrong.append(f"an estranged parent who {name} is served {served} pages: the walk proves nothing")
    return pages, wrong


def told() -> Story:
    """Her request and her daughter's, with referrals in each state, shares, a question, a copy, own pages and a change of contact."""
    from reachin.access.referrals.enums import ReferralState, Shared
    from reachin.access.requests_for_assistance import actions
    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    birds = Aviary("wren")
    people = [
        {"known_as": birds.word("hers", "name daughter"), "age_years": DAUGHTERS_AGE, "relation": "child"},
        {"known_as": birds.word("hers", "name half brother"), "age_years": 6, "relation": "child"},
        {"known_as": HIM, "age_years": 36, "relation": "partner"},
    ]
    hers = cast.family_request(
        **birds.answers("hers", people=people, phone=PHONE, home_is_secret="yes", in_danger="not_sure", may_leave_message="yes")
    )
    daughters = cast.young_persons_request(
        **birds.answers("daughter's", people=[{"known_as": "Skye", "age_years": DAUGHTERS_AGE, "relation": "self"}])
    )
    live = cast.sent_referral(
        hers,
        to=cast.service(run_by=cast.charity()),
        receiver=cast.charity(),
        shares=tuple(Shared),
        words=birds.word("hers", "to the charity"),
    )
    cast.answered(live, ReferralState.ACCEPTED, words=birds.word("hers", "from the charity"))
    cast.sent_referral(hers, to=cast.service(run_by=cast.womens_aid(), name="The Lighthouse"), receiver=cast.womens_aid())
    declined = cast.sent_referral(hers, to=cast.service(run_by=cast.other_charity(), name="Pier club"), receiver=cast.other_charity())
    by = cast.account(Role.SUPPORT_WORKER, cast.other_charity())
    cast.answered(declined, ReferralState.DECLINED, by=by, words=birds.word("hers", "declined"))
    for agency in (cast.school(), cast.health()):
        _shared_with(birds, hers, agency)
    with cast.opened(cast.hub_worker(), hers) as now:
        question = actions.ask_family(hers, by=cast.hub_worker(), question=birds.word("hers", "question"), now=now)
    her = cast.came_in(hers)
    _post(her, "family:answer", {"words": birds.word("hers", "answer")}, question.id)
    _post(her, "family:complain", {"face": "sad", "words": birds.word("hers", "complaint")})
    _post(her, "family:must_not_see", {"agency": str(cast.health().id)})
    _end_share_with_school(her, hers)
    copy_given(her, by_the_pages=Replay("her copy"))
    new = {"contact_way": "email", "email": f"{birds.word('hers', 'new email')}@people.example", "may_leave_message": "yes", "phone": ""}
    _post(her, "family:contact", new)
    _own, used_link = _own_page(hers)
    account_for(daughters, people_of(daughters)[-1], why=UNDERSTANDS)
    return Story(birds, hers, daughters, used_link)


def _post(client: "Client", name: str, told: Mapping[str, Any], *ids: UUID) -> Any:
    from django.urls import reverse

    answer = client.post(reverse(name, args=ids), told)
    assert answer.status_code == 302, f"{name} answers {answer.status_code}"
    return answer


def _shared_with(birds: Aviary, hers: "RequestForAssistance", agency: "Agency", account: "Account | None" = None) -> None:
    from reachin.families.information_sharing.actions import decide_sharing
    from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
    from reachin.families.information_sharing.rules import SevenThings
    from tests import cast

    things = SevenThings(
        decision=Decision.SHARE,
        purpose=Purpose.SUPPORT,
        categories=(Category.CONTACT,),
        why=birds.word("hers", f"why {agency.slug}"),
        views=birds.word("hers", f"views {agency.slug}"),
        necessity=birds.word("hers", f"necessity {agency.slug}"),
        informed=Informed.AGREED,
        basis=Basis.CONSENT,
    )
    with cast.opened(cast.hub_worker(), hers) as now:
        decide_sharing(asker_of(hers), agency, things, by=cast.hub_worker(), now=now, account=account)


def _end_share_with_school(her: "Client", hers: "RequestForAssistance") -> None:
    from reachin.families.information_sharing.models import CircleEntry
    from tests import cast

    entry = CircleEntry.objects.using("owner").get(person_id=asker_of(hers), agency=cast.school(), ended_at=None)
    _post(her, "family:end_share", {}, entry.id)


def _own_page(hers: "RequestForAssistance") -> "tuple[Client, str]":
    """Her own page, with the link that began it, which is used by then."""
    from django.test import Client

    client, link = Client(), link_for(hers, asker_of(hers))
    client.post(link, {"together": TOGETHER, "phrase": "grey seal on a rock"})
    return client, link


# He himself, by a request of his own


def _his(**answers: Any) -> "RequestForAssistance":
    """A request of his, with words that are his own."""
    from tests import cast

    return cast.family_request(**{"your_name": HIM, "story": "I want to know where they are.", **answers})


def _asks(**answers: Any) -> Looks:
    from tests import cast

    his = _his(**answers)
    return Looks(cast.came_in(his), (his,))


def _must_not_know(story: Story) -> Iterator[Looks]:
    yield _asks()


def _half_sibling(story: Story) -> Iterator[Looks]:
    yield _asks(
        people=[{"known_as": "Finn", "age_years": 6, "relation": "child"}, {"known_as": "Skye", "age_years": 13, "relation": "other"}]
    )


def _same_name_and_birthday(story: Story) -> Iterator[Looks]:
    people = [{"known_as": "Skye", "age_years": DAUGHTERS_AGE, "born_on": "2013-05-04", "relation": "child"}]
    yield _asks(your_name="Rowan", people=people)


def _same_child(story: Story) -> Iterator[Looks]:
    yield _asks(people=[{"known_as": "Skye", "age_years": DAUGHTERS_AGE, "relation": "child"}])


def _same_number(story: Story) -> Iterator[Looks]:
    """He writes her number and her email address into a request of his own: he knows them, and learns nothing else."""
    [email] = story.birds.said("hers", "email")
    his = _his(phone=PHONE, email=f"{email}@people.example")
    yield Looks(_came_in(his), (his,), frozenset({email}))


def _old_address(story: Story) -> Iterator[Looks]:
    """He lives where they lived; her letters came there, and his do."""
    from tests import cast

    before = cast.family_request(
        contact_way="letter", address="The old house", place="PA34 4AA", story=story.birds.word("hers", "before she moved")
    )
    _post(cast.came_in(before), "family:contact", {"contact_way": "letter", "address": story.birds.word("hers", "moved to")})
    his = _his(contact_way="letter", address="The old house", place="PA34 4AA")
    yield Looks(cast.came_in(his), (his, before))


def _rights_on_paper(story: Story) -> Iterator[Looks]:
    yield _asks(story="I have parental rights by order of the court.", people=[{"known_as": "Skye", "age_years": 13, "relation": "child"}])


def _took_back(story: Story) -> Iterator[Looks]:
    looks = _asks()
    _post(looks.client, "family:withdraw", {"reason": ""})
    yield looks


def _was_emergency_contact(story: Story) -> Iterator[Looks]:
    """She had named him as the one through whom she could be reached, before."""
    from tests import cast

    before = cast.family_request(contact_way="through", through=f"{HIM}, {PHONE}", story=story.birds.word("hers", "before"))
    _post(cast.came_in(before), "family:contact", {"contact_way": "come_back", "through": ""})
    his = _his()
    yield Looks(cast.came_in(his), (his, before))


def _asks_about_the_child(kind: str) -> Shape:
    def shape(story: Story) -> Iterator[Looks]:
        from tests import cast

        his = _his(people=[{"known_as": "Skye", "age_years": DAUGHTERS_AGE, "relation": "child"}])
        client = cast.came_in(his)
        if kind == "copy":
            copy_given(client, by_the_pages=Replay("his copy"))
        elif kind == "complaint":
            _post(client, "family:complain", {"face": "angry", "words": "I have a right to know where my child is."})
        else:
            _post(client, "family:ask_about", {"kind": kind, "words": "Everything about my child Skye."})
        yield Looks(client, (his,))

    return shape


def _joined(which: int) -> Shape:
    """His record, or that of the child whom he named, is joined to one of hers, and parted again; he asks for a copy meanwhile."""

    def shape(story: Story) -> Iterator[Looks]:
        from tests import cast

        his = _his(people=[{"known_as": "Skye", "age_years": DAUGHTERS_AGE, "relation": "child"}])
        client = cast.came_in(his)
        with joined(people_of(story.hers)[which], people_of(his)[which]):
            copy_given(client, by_the_pages=Replay("his copy"))
            yield Looks(client, (his,))
        yield Looks(client, (his,))

    return shape


def _household(story: Story) -> "RequestForAssistance":
    """Another request of hers, in which she named him as one of the household before she knew better."""
    from tests import cast

    words = story.birds
    people = [{"known_as": words.word("hers", "name in household"), "age_years": 8, "relation": "child"}]
    return cast.family_request(
        your_name=words.word("hers", "your_name of household"),
        story=words.word("hers", "story of household"),
        people=[*people, {"known_as": HIM, "age_years": 36, "relation": "partner"}],
    )


def _named_in_hers(story: Story) -> Iterator[Looks]:
    """He is in her household as she told it, and the hub gave him a page of his own."""
    made = _household(story)
    client = account_for(made, people_of(made)[-1])
    copy_given(client, by_the_pages=Replay("his copy"))
    yield Looks(client, (made,))


def _named_in_a_snapshot(story: Story) -> Iterator[Looks]:
    """His own request goes to the same charity that was told of her household, with him in it."""
    from reachin.access.referrals.enums import ReferralState
    from tests import cast

    his = _his()
    sent = cast.sent_referral(his, to=cast.service(run_by=cast.charity()), receiver=cast.charity())
    cast.answered(sent, ReferralState.ACCEPTED, ReferralState.IN_PROGRESS)
    yield Looks(cast.came_in(his), (his,))


def _page_of_the_child(story: Story) -> Iterator[Looks]:
    """He names the daughter in a request of his own and takes the link to a page of hers that the hub offers on it."""
    his = _his(people=[{"known_as": "Skye", "age_years": DAUGHTERS_AGE, "relation": "child"}])
    with joined(people_of(story.hers)[1], people_of(his)[1]):
        client = account_for(his, people_of(his)[1], why=UNDERSTANDS)
        copy_given(client, by_the_pages=Replay("the child's copy"))
        yield Looks(client, (his,))


def _account_ended(story: Story) -> Iterator[Looks]:
    """He had a page of his own by what she told, and it has ended; his browser still bears it."""
    made = _household(story)
    client = account_for(made, people_of(made)[-1])
    link_for(made, people_of(made)[-1])
    yield Looks(client, (made,))


def _came_in(his: "RequestForAssistance") -> "Client":
    from tests import cast

    return cast.came_in(his)


# Codes, links and devices of hers


def _wrong_phrase(story: Story) -> Iterator[Looks]:
    yield _comes_in(story.hers.reference, "our wedding day")


def _wrong_code(story: Story) -> Iterator[Looks]:
    from reachin.groundwork.ids import new_reference

    yield _comes_in(new_reference(), OURS)


def _comes_in(reference: str, phrase: str) -> Looks:
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.post(reverse("family:way_in"), {"reference": reference, "phrase": phrase})
    return Looks(client)


def _old_link(story: Story) -> Iterator[Looks]:
    """He finds the link that she used, and knows the words that she agreed on with her worker."""
    from django.test import Client

    client = Client()
    client.post(story.used_link, {"together": TOGETHER, "phrase": "a phrase of his own"})
    yield Looks(client)


def _left_device(page: str) -> Shape:
    """She leaves the page on a shared device; he sits down at it, and has kept its cookies from before as well."""

    def shape(story: Story) -> Iterator[Looks]:
        from django.test import Client
        from django.urls import reverse

        from tests import cast

        client = cast.came_in(story.hers)
        kept = {name: cookie.value for name, cookie in client.cookies.items()}
        client.post(reverse(page))
        yield Looks(client)
        before = Client()
        for name, value in kept.items():
            before.cookies[name] = value
        yield Looks(before)

    return shape


def _device_of_an_ended_account(story: Story) -> Iterator[Looks]:
    """Her own page was open on a device that he has; from another she begins anew with her worker, which ends what was before."""
    from django.urls import reverse

    again, _link = _own_page(story.hers)
    again.post(reverse("family:go_to_request", args=[story.hers.id]))
    _own_page(story.hers)
    yield Looks(again)


def _comes_in_where_she_was(story: Story) -> Iterator[Looks]:
    """She went from her page to her request and did not leave; he comes in there by his own code, and goes back as far as it leads."""
    from django.urls import reverse

    client, _link = _own_page(story.hers)
    client.post(reverse("family:go_to_request", args=[story.hers.id]))
    his = _his()
    client.post(reverse("family:way_in"), {"reference": his.reference, "phrase": OURS})
    yield Looks(client, (his,))
    client.post(reverse("family:back_to_my_page"))
    yield Looks(client, (his,))


# At work


def _works(role: "Role", agency: str) -> Shape:
    """He is somebody's colleague: at an agency (by the cast's name) and in a part."""

    def shape(story: Story) -> Iterator[Looks]:
        from tests import cast

        del story
        yield Looks(cast.signed_in(cast.account(role, getattr(cast, agency)(), f"{HIM} Muir")))

    return shape


def _declined(role: "Role") -> Shape:
    """The names of those whom his agency was asked to help stand on its list of what is closed, and nothing else does."""

    def shape(story: Story) -> Iterator[Looks]:
        from tests import cast

        client = cast.signed_in(cast.account(role, cast.other_charity(), f"{HIM} Muir"))
        yield Looks(client, knows=frozenset(story.birds.said("hers", "your_name", "name ")))

    return shape


def _shut_out_later(story: Story) -> Iterator[Looks]:
    """His agency was asked to help and has her on its list; then she learns that he works there, and says that it must not see."""
    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    club = cast.agency("boat-club", name="Boat club")
    made = cast.family_request(your_name=story.birds.word("hers", "your_name later"), people=None)
    cast.sent_referral(made, to=cast.service(run_by=club, name="Boats"), receiver=club)
    _post(cast.came_in(made), "family:must_not_see", {"agency": str(club.id)})
    for role in (Role.SUPPORT_WORKER, Role.SERVICE_MANAGER):
        yield Looks(cast.signed_in(cast.account(role, club, f"{HIM} Muir")), (made,))


def _colleague_of_the_one(story: Story) -> Iterator[Looks]:
    """She was shared with one practitioner of an agency; he is another."""
    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    nursery = cast.agency("glen-nursery", name="Glen Nursery")
    _shared_with(story.birds, story.hers, nursery, cast.account(Role.PRACTITIONER, nursery, "Elspeth Rae"))
    yield Looks(cast.signed_in(cast.account(Role.PRACTITIONER, nursery, f"{HIM} Muir")))


def _looks_first(story: Story) -> Iterator[Looks]:
    """He knows her reference, works where she said that nobody must see, and says that it cannot wait."""
    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    client = cast.signed_in(cast.account(Role.PRACTITIONER, cast.health(), f"{HIM} Muir"))
    _post(client, "practitioner:emergency", {"reference": story.hers.reference, "reason": "She is in danger, I am sure."})
    yield Looks(client)


def _keyed_it_in(story: Story) -> Iterator[Looks]:
    """He sits at the desk where she handed in her form on paper: of what becomes of it, and of what he typed, his pages keep nothing."""
    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    desk = cast.account(Role.DESK_WORKER, cast.school(), f"{HIM} Muir")
    before = Aviary("wrenpaper")
    made = cast.keyed_request(desk, **before.answers("on paper"))
    story.birds.all.setdefault("hers", {}).update({f"paper {code}": word for code, word in before.all["on paper"].items()})
    yield Looks(cast.signed_in(desk), (made,))


def _shapes() -> dict[str, Shape]:
    from reachin.groundwork.permissions.enums import Role

    return {
        "is named as one who must not know": _must_not_know,
        "is named in her household and has a page of his own": _named_in_hers,
        "is in the snapshot that a charity has, and is helped there himself": _named_in_a_snapshot,
        "is the other parent of a half sibling": _half_sibling,
        "bears the same name and birthday as one of hers": _same_name_and_birthday,
        "asks for help for the same child": _same_child,
        "has parental rights on paper": _rights_on_paper,
        "shares her telephone number and email": _same_number,
        "lives at the old address": _old_address,
        "was the one through whom she was reached": _was_emergency_contact,
        "took his own request back": _took_back,
        "asks for a copy of what is held of the child": _asks_about_the_child("copy"),
        "asks to delete what is held of the child": _asks_about_the_child("erasure"),
        "asks to put right what is held of the child": _asks_about_the_child("correction"),
        "complains that nobody tells him": _asks_about_the_child("complaint"),
        "was taken for her by mistake, until it was parted": _joined(0),
        "is parent of the same child in another family, whose records are joined": _joined(1),
        "takes up a page for the child by a request of his own": _page_of_the_child,
        "had a page of his own that has ended": _account_ended,
        "knows her code and not the phrase": _wrong_phrase,
        "knows her phrase and another code": _wrong_code,
        "has the link that she used, and its words": _old_link,
        "sits at the device on which she hid the page": _left_device("public:hide"),
        "sits at the device that she left": _left_device("family:go"),
        "sits at a device that her account was open on before it ended": _device_of_an_ended_account,
        "works where she said that nobody must see": _works(Role.PRACTITIONER, "health"),
        "works where her share has ended": _works(Role.PRACTITIONER, "school"),
        "comes in at the device at which her page is open": _comes_in_where_she_was,
        "works where help was declined": _declined(Role.SUPPORT_WORKER),
        "manages an agency that declined": _declined(Role.SERVICE_MANAGER),
        "works where she was on a list before she shut it out": _shut_out_later,
        "is a colleague of the one practitioner with whom she was shared": _colleague_of_the_one,
        "is information guardian of an agency that helps her": _works(Role.INFORMATION_GUARDIAN, "charity"),
        "administers the accounts": _works(Role.ADMINISTRATOR, "hub"),
        "leads the partnership": _works(Role.STRATEGIC_LEAD, "hub"),
        "keeps the data of the hub": _works(Role.DATA_OFFICER, "hub"),
        "looks first, from where nobody must see": _looks_first,
        "keyed in a form of hers at a desk": _keyed_it_in,
    }


class _Shapes(Mapping[str, Shape]):
    """The shapes by name; roles are known only once the product is set up."""

    def __init__(self) -> None:
        self._made: dict[str, Shape] = {}

    def _all(self) -> dict[str, Shape]:
        self._made = self._made or _shapes()
        return self._made

    def __getitem__(self, name: str) -> Shape:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


SHAPES: Mapping[str, Shape] = _Shapes()
