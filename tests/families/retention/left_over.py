"""What is left of a word anywhere in the database, opened with every key; and a family of whom there is something in every class."""

from datetime import timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag

from reachin.access.requests_for_assistance.enums import Outcome, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.information_requests import actions as information
from reachin.families.information_requests.enums import AskedFor
from reachin.families.information_sharing.actions import block, decide_sharing, look_first, record_agreement, review_emergency
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose, ReviewOutcome
from reachin.families.information_sharing.models import SharingAgreement
from reachin.families.information_sharing.rules import SevenThings
from reachin.families.own_accounts.actions import begin, invite
from reachin.families.own_accounts.enums import Ground
from reachin.families.people.models import Person
from reachin.families.record_linkage.actions import merge, put_side_by_side, unmerge
from reachin.families.retention.actions import as_retention, confirm, decide, destroy_what_was_reviewed, list_what_is_due
from reachin.families.retention.enums import ReviewDecision
from reachin.families.retention.models import DestructionReview
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.field_encryption import unseal
from reachin.groundwork.field_encryption.columns import sealed_columns
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from tests import cast
from tests.families.information_requests.asking import asker, opened, own_page, second_guardian
from workshop.servers import Connection

WORD = "heron"
READABLE = """
select table_schema, table_name from information_schema.tables where table_schema in ('public', 'reachin') and table_type = 'BASE TABLE'
"""


def left_of(admin: Connection, word: str = WORD) -> set[str]:
    """Every table in which a word stands in any column, readable or sealed."""
    found = {str(column).split(".")[0] for column, words in _unsealed(admin) if word in words}
    for schema, table in admin.execute(READABLE).fetchall():
        row = admin.execute(
            f"select exists (select from \"{schema}\".\"{table}\" t where t::text like '%%' || %s || '%%')", [word]
        ).fetchone()
        if row and row[0]:
            found.add(str(table))
    return found


def _unsealed(admin: Connection) -> list[tuple[str, str]]:
    found = []
    for sealed in sealed_columns():
        question = f'select "{sealed.key}", "{sealed.column}" from "{sealed.table}" where "{sealed.column}" is not null'
        for row, value in admin.execute(question).fetchall():
            found.append((str(sealed), _open(bytes(value), sealed.codes, UUID(str(row)))))
    return found


def _open(value: bytes, codes: tuple[str, ...], row: UUID) -> str:
    for code in codes:
        try:
            return unseal(value, field=code, row=row)
        except InvalidTag:
            continue
    raise AssertionError("nothing opens it: this looks at nothing")


def guardians(of: Agency) -> tuple[Account, Account]:
    """Two information guardians of an agency."""
    return cast.account(Role.INFORMATION_GUARDIAN, of, "Effie Lorne"), cast.account(Role.INFORMATION_GUARDIAN, of, "Hamish Rennie")


def round_of_destruction() -> set[tuple[str, str]]:
    """One day: what is due is listed, two guardians of each agency decide, it is destroyed. Gives kind and class of what was."""
    with as_retention() as now:
        list_what_is_due(now=now)
    waiting = list(DestructionReview.objects.using("owner").filter(decided_at=None).select_related("controller"))
    for review in waiting:
        first, second = guardians(review.controller)
        with acting(first.actor()) as now:
            decide(review, ReviewDecision.DESTROY, by=first, reason="Its time is over.", now=now)
        with acting(second.actor()) as now:
            confirm(review, by=second, now=now)
    with as_retention() as now:
        done, refused = destroy_what_was_reviewed(now=now)
    assert (done, refused) == (len(waiting), 0)
    return {(review.kind, review.class_code) for review in waiting}


def a_family_in_every_class() -> RequestForAssistance:
    """Something of each class, with the word in every field that holds words. Everything has ended."""
    made = cast.family_request(your_name=f"Rowan {WORD}", story=f"The {WORD} flies.", place=f"{WORD} lane")
    agreement = _agreed()
    who = asker(made)
    _shared(made, who, agreement)
    _looked_first(made)
    _copied(made)
    _own_account(made, who)
    _joined(who, asker(cast.closed_request(your_name=f"Other {WORD}", story=f"A {WORD} too.")))
    gone = cast.account(Role.HUB_WORKER, cast.hub(), f"Left {WORD}")
    Account.objects.using("owner").filter(id=gone.id).update(
        is_active=False, ended_at=made.received_at, ended_by=gone.id, email=f"{WORD}@hub.example", job_title=f"{WORD} keeper"
    )
    _ended(made)
    cast.draft(story=f"A {WORD} begins.")
    return made


def _agreed() -> SharingAgreement:
    keeper = guardians(cast.hub())[0]
    with acting(keeper.actor()) as now:
        agreement = SharingAgreement(
            name=f"The {WORD} agreement", purpose=Purpose.SUPPORT, categories=[Category.CONTACT], basis=Basis.CONSENT, why=WORD,
            necessity=WORD, schedule=WORD, document=WORD, starts_on=now.date(), expires_on=now.date() + timedelta(days=300),
        )  # fmt: skip
        return record_agreement(agreement, parties=[cast.school()], by=keeper, now=now)


def _shared(made: RequestForAssistance, who: Person, agreement: SharingAgreement) -> None:
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        things = SevenThings(
            decision=Decision.SHARE, purpose=Purpose.SUPPORT, categories=(Category.CONTACT,), why=WORD, views=WORD, necessity=WORD,
            informed=Informed.AGREED, basis=Basis.CONSENT,
        )  # fmt: skip
        decide_sharing(who.id, cast.school(), things, by=worker, agreement=agreement, now=now)
        block(who.id, cast.health(), by=worker.id, now=now)


def _looked_first(made: RequestForAssistance) -> None:
    who = cast.account(Role.SUPPORT_WORKER, cast.other_charity())
    with acting(who.actor()) as now:
        access = look_first("request", made.id, by=who, reason=f"The {WORD} rang.", now=now)
    reviewer = guardians(cast.other_charity())[0]
    with acting(reviewer.actor()) as now:
        review_emergency(access.id, by=reviewer, outcome=ReviewOutcome.JUSTIFIED, words=f"The {WORD} was right.", now=now)


def _copied(made: RequestForAssistance) -> None:
    first, second = guardians(cast.hub())[0], second_guardian()
    with own_page(made) as now:
        asked = information.ask(Person.objects.get(), AskedFor.COPY, by=made.id, words=f"All of the {WORD}.", now=now)
    with opened(first, asked) as now:
        information.gather(asked, by=first, now=now)
        information.prepare(asked, by=first, answer=f"Here is the {WORD}.", now=now)
    with opened(second, asked) as now:
        information.release(asked, by=second, now=now)


def _own_account(made: RequestForAssistance, who: Person) -> None:
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        account, _token = invite(who.id, by=worker, ground=Ground.UNDERSTANDS, why=f"Knows the {WORD}.", phrase="two red mugs", now=now)
    with acting(Actor.family(account.id)) as now:
        begin(account.id, phrase="grey seal on a rock", now=now)


def _joined(one: Person, other: Person) -> None:
    keeper = guardians(cast.hub())[0]
    with acting(keeper.actor()) as now:
        pair = put_side_by_side(one.id, other.id, by=keeper, now=now)
    with acting(keeper.actor(), opening=open_record(keeper.actor(), "pair", pair.id, purpose="record_linkage")) as now:
        made = merge(one, other, by=keeper, reason=f"One {WORD}.", now=now)
        unmerge(made, by=keeper, reason=f"Two {WORD}s.", now=now)
        merge(one, other, by=keeper, reason=f"One {WORD} after all.", now=now)


def _ended(made: RequestForAssistance) -> None:
    cast.completed_referral(request_for_assistance=made, words=f"Ask about the {WORD}.")
    card = RequestForAssistance.objects.using("owner").get(id=made.id)
    if card.closed_at is None:
        cast.decide(card, Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)
