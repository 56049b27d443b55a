"""The rest of what is sealed in a world: words that only a correction, a review, a hold, a lifted mark or an account of one's own keeps."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from reachin.access.requests_for_assistance.models import RequestForAssistance
    from workshop.proofs.world import Aviary

WITHOUT_WORDS = {
    "accounts_authenticatorapp.seed": "a secret of a member of staff, from which their codes come; nobody writes it",
    "accounts_signinprovider.client_secret": "a secret that an agency and its provider share; nobody writes it about a family",
    "requests_for_assistance_plantold.sealed": "whether there is a child's plan: a choice, no words",
}
"""Sealed columns in which no word can stand, and why. Every other one has a word in hiding somewhere in the world."""


def on_no_page(birds: "Aviary") -> set[str]:
    """Words for whoever looks into it later: what guardians found, why records were joined, how a worker made sure, why a mark went."""
    made_sure = birds.said("family's", "checked", "child checked", "understands")
    return made_sure.union(*(birds.said(name) for name in ("guardian's", "joined", "once secret")))


def plant(
    cast: Any, birds: "Aviary", *, family: "RequestForAssistance", danger: "RequestForAssistance", teachers: "RequestForAssistance"
) -> None:
    """Words in every sealed column that nothing else fills. Nobody sees more of a request for it."""
    _put_right(cast, birds, family)
    _reviewed(cast, birds, teachers)
    _not_told(cast, birds, danger)
    _a_childs_account(cast, birds, family)
    _no_secret_any_more(cast, birds)
    _kept_or_not(cast, birds, danger)


def _put_right(cast: Any, birds: "Aviary", made: "RequestForAssistance") -> None:
    from reachin.access.referrals import corrections
    from reachin.families.information_requests import actions
    from reachin.families.information_requests.enums import AskedFor, Corrected
    from reachin.families.people.models import Person
    from reachin.groundwork.audited_access.context import Actor as Acting
    from reachin.groundwork.audited_access.context import acting, open_record
    from reachin.groundwork.permissions.enums import Role

    own, guardian = Acting.family(made.id), cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    with acting(own, opening=open_record(own, "own_person", made.id, purpose="own_page")) as now:
        asked = actions.ask(Person.objects.get(), AskedFor.CORRECTION, by=made.id, words=birds.word("family's", "wants right"), now=now)
    opening = open_record(guardian.actor(), "information_request", asked.id, purpose="information_request")
    with acting(guardian.actor(), opening=opening) as now:
        fact = next(one for one in corrections.facts_of(asked) if one.what == Corrected.TOLD and one.code == "story")
        corrections.propose(asked, fact.key, birds.word("family's", "put right"), by=guardian, now=now)


def _reviewed(cast: Any, birds: "Aviary", made: "RequestForAssistance") -> None:
    """A stranger looked first, and the guardian of their agency wrote what came of it."""
    from reachin.families.information_sharing.actions import look_first, review_emergency
    from reachin.families.information_sharing.enums import ReviewOutcome
    from reachin.groundwork.audited_access.context import acting
    from reachin.groundwork.permissions.enums import Role

    who, guardian = cast.stranger(), cast.account(Role.INFORMATION_GUARDIAN, cast.other_charity())
    with acting(who.actor()) as now:
        access = look_first("request", made.id, by=who, reason="It cannot wait: " + birds.word("guardian's", "reason"), now=now)
    with acting(guardian.actor()) as now:
        words = birds.word("guardian's", "emergency review")
        kept_back_why = birds.word("guardian's", "kept back")
        review_emergency(access.id, by=guardian, outcome=ReviewOutcome.NOT_JUSTIFIED, words=words, kept_back_why=kept_back_why, now=now)


def _not_told(cast: Any, birds: "Aviary", made: "RequestForAssistance") -> None:
    """The hub decides not to share, and not to tell the person: nothing opens by it."""
    from reachin.families.information_sharing.actions import decide_sharing
    from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
    from reachin.families.information_sharing.rules import SevenThings

    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        things = SevenThings(
            decision=Decision.NOT_SHARE,
            purpose=Purpose.SUPPORT,
            categories=(Category.CONTACT,),
            why=birds.word("in danger", "not shared why"),
            views=birds.word("in danger", "not shared views"),
            necessity=birds.word("in danger", "not shared necessity"),
            informed=Informed.NOT_TOLD,
            not_told_why=birds.word("in danger", "not told why"),
            basis=Basis.PUBLIC_TASK,
        )
        decide_sharing(_of(made, place=0), cast.school(), things, by=worker, now=now)


def _a_childs_account(cast: Any, birds: "Aviary", made: "RequestForAssistance") -> None:
    """A page is offered to a child who understands, and why the worker thinks so is kept. Nobody has begun it."""
    from reachin.families.own_accounts.actions import invite
    from reachin.families.own_accounts.enums import Ground

    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        said = {"why": birds.word("family's", "understands"), "checked": birds.word("family's", "child checked")}
        invite(_of(made, place=-1), by=worker, ground=Ground.UNDERSTANDS, phrase="two red mugs", **said, now=now)


def _no_secret_any_more(cast: Any, birds: "Aviary") -> None:
    from reachin.access.requests_for_assistance.safety import stop_protecting_home_of

    made, worker = cast.family_request(home_is_secret="yes"), cast.hub_worker()
    with cast.opened(worker, made) as now:
        stop_protecting_home_of(made, why=birds.word("once secret", "lifted why"), by=worker, now=now)


def _kept_or_not(cast: Any, birds: "Aviary", made: "RequestForAssistance") -> None:
    """One guardian would destroy a record, a second would not; one class is held, another no longer."""
    from reachin.families.retention.actions import as_retention, decide, disagree, hold, lift_hold
    from reachin.families.retention.enums import ReviewDecision
    from reachin.families.retention.models import DestructionReview
    from reachin.groundwork.audited_access.context import acting
    from reachin.groundwork.permissions.enums import Role

    one, other = cast.account(Role.INFORMATION_GUARDIAN, cast.hub()), cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Iain Moffat")
    with as_retention() as now:
        review = DestructionReview(
            kind="request", subject_id=made.id, class_code="request", controller_id=made.holder_agency_id, counted_from=now, due_from=now
        )
        review.save(force_insert=True)
    with acting(one.actor()) as now:
        decide(review, ReviewDecision.DESTROY, by=one, reason=birds.word("retention", "decided"), now=now)
        hold(by=one, reason=birds.word("retention", "held"), class_code="message", now=now)
        let_go = hold(by=one, reason=birds.word("retention", "held once"), class_code="draft", now=now)
    with acting(other.actor()) as now:
        disagree(review, by=other, reason=birds.word("retention", "disagreed"), now=now)
        lift_hold(let_go, by=other, reason=birds.word("retention", "lifted"), now=now)


def _of(made: "RequestForAssistance", *, place: int) -> UUID:
    from reachin.access.requests_for_assistance.models import RequestPerson

    named = RequestPerson.objects.using("owner").filter(request_for_assistance=made).order_by("place")
    found: list[UUID] = list(named.values_list("alias__person_id", flat=True))
    return found[place]
