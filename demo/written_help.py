"""The help that was asked for with a written request: referrals as rows, sent, answered and ended."""

from collections.abc import Sequence

from reachin.access.referrals.enums import DeclineReason, Helped, ReferralMover, ReferralOutcome, ReferralState, Shared
from reachin.access.referrals.models import Snapshot
from reachin.access.referrals.rules import LIVE, Heard, decision_behind, heard_by_asking, heard_of, snapshot_of, speaks_for
from reachin.access.requests_for_assistance.enums import Mover, Stage
from reachin.families.information_sharing.enums import Informed
from reachin.families.people.enums import Relation
from reachin.families.people.rules import facts_from_answers
from reachin.groundwork.notices.rules import StaffContact
from reachin.partnership.agencies.enums import AgencyKind

from .bulk import FALSE, NULL, TRUE, array, as_json, plain
from .scene import Askable, Hand, Worker
from .written_request import WORK, Moment, WrittenRequest

S = ReferralState
SHARES = frozenset({Shared.STORY, Shared.CONTACT})
WAYS: dict[ReferralState, tuple[ReferralState, ...]] = {
    S.SENT: (),
    S.WAITING: (S.WAITING,),
    S.ACCEPTED: (S.ACCEPTED,),
    S.DECLINED: (S.DECLINED,),
    S.IN_PROGRESS: (S.ACCEPTED, S.IN_PROGRESS),
    S.COMPLETED: (S.ACCEPTED, S.IN_PROGRESS, S.COMPLETED),
}
"""Through which states a referral comes to where it is."""
REASONS = {S.DECLINED: DeclineReason.FULL.value, S.COMPLETED: ReferralOutcome.AS_HOPED.value}
FIELDS = {S.DECLINED: "{state,decline_reason}", S.COMPLETED: "{state,outcome}"}


def fitting(request: WrittenRequest) -> Askable | None:
    """A service for one of the needs that the family did not keep out; None where there is none."""
    kept_out = request.answers.get("blocked_agencies", [])
    needs = set(request.answers["help_with"])
    found = [one for one in request.scene.services if not needs.isdisjoint(one.needs) and one.agency not in kept_out]
    return request.filling.chance.choice(found) if found else None


def refer(request: WrittenRequest, service: Askable, state: ReferralState, moments: Sequence[Moment], worker: Worker) -> None:
    """A hub worker refers the request to the service, whose staff answer until the referral is in this state.

    `moments`: when it was sent, when each answer came and, for a completed one, when the family rated it.
    """
    sent, answers = moments[0], list(zip(WAYS[state], moments[1:], strict=False))
    referral, by, last = request.new(sent), Hand.of_worker(worker), answers[-1][1] if answers else sent
    _share(request, service, referral, sent, by=by, ended=last if state == S.DECLINED else None)
    if request.stage != Stage.MATCHED:
        request.moved(Stage.MATCHED, Mover.HUB, sent, by=by, reason="referred")
    _tell(request, "referral.sent", sent, by)
    for number, (to, at) in enumerate(answers, start=2):
        _answer(request, service, referral, number, to, at=at)
    rated = moments[len(answers) + 1] if state == S.COMPLETED and request.sender is None else None
    if rated:
        request.audit("referral.rated", "referral", referral, rated, by=request.hand, fields="{helped}")
    _card(request, service, referral, state, sent=sent, last=last, rated=rated, by=by)
    if state == S.DECLINED:
        _stop_sharing(request, service, last)


def _share(request: WrittenRequest, service: Askable, referral: str, at: Moment, *, by: Hand, ended: Moment | None) -> None:
    """What was shared, for whom, and who may see it until when."""
    people = [{**person.told, "relation": person.relation} for person in request.people]
    snapshot = snapshot_of({**request.answers, "people": people}, people=people, shares=SHARES) | {"from_sender": ""}
    request.bulk.add("referrals_snapshot", referral, request.bulk.sealed(as_json(snapshot), Snapshot.FIELD, referral), at.text, by.id)
    end = f"{ended.text}\t{service.answers.id}" if ended else ""
    for place, person in enumerate(request.people):
        things = decision_behind(SHARES, _heard(request, place, at), words="", kind=AgencyKind.HUB)
        request.bulk.add("referrals_referralperson", request.new(at), referral, person.alias, NULL, NULL)
        request.share(person.id, service.agency, things, at, by=by, end=end)
    _note_move(request, referral, 1, S.SENT, mover=ReferralMover.SENDER, at=at, by=by)
    request.audit("referral.sent", "referral", referral, at, by=by, fields=array(sorted(SHARES)))
    if service.email:
        request.message(referral, StaffContact(service.email), "referral.sent", WORK, at, by=by)


def _heard(request: WrittenRequest, place: int, at: Moment) -> Heard:
    """Whoever asked speaks for themselves and their small children; everybody else was asked, and agrees."""
    person, asked_by = request.people[place], request.family.asked_by
    facts, relation, is_asker = facts_from_answers(person.told), Relation(person.relation), place == 0
    if speaks_for(asked_by, relation, facts, is_asker=is_asker, day=at.at.date()):
        return heard_by_asking(is_asker=is_asker)
    return heard_of(Informed.AGREED, "")


def _answer(request: WrittenRequest, service: Askable, referral: str, number: int, to: ReferralState, *, at: Moment) -> None:
    by = Hand.of_worker(service.answers)
    _note_move(request, referral, number, to, mover=ReferralMover.RECEIVER, at=at, by=by, reason=REASONS.get(to, ""))
    request.audit(f"referral.{to.value}", "referral", referral, at, by=by, fields=FIELDS.get(to, "{state}"))
    _tell(request, f"referral.{to.value}", at, by)
    if to == S.IN_PROGRESS and request.help_started_at == NULL:
        request.help_started_at, request.help_started_by = at.text, by.id
        request.audit("request.help_started", "request", request.id, at, by=by.in_the_loop(), fields="{help_started_at}")


def _stop_sharing(request: WrittenRequest, service: Askable, at: Moment) -> None:
    """The one agency that was asked said no: it sees no more, and the request is the hub's again."""
    by = Hand.of_worker(service.answers).in_the_loop()
    for person in request.people:
        request.audit("circle.ended", "person", person.id, at, by=by)
    request.moved(Stage.IN_DISCUSSION, Mover.AGENCY, at, by=by, reason="declined")


def _note_move(
    request: WrittenRequest, referral: str, number: int, to: ReferralState, *, mover: ReferralMover, at: Moment, by: Hand, reason: str = ""
) -> None:
    request.bulk.add("referrals_referralmove", request.new(at), referral, str(number), to, mover, reason, at.text, by.id)


def _tell(request: WrittenRequest, event: str, at: Moment, by: Hand) -> None:
    request.tell_family(event, at, by=by)
    request.tell_sender(event, at, by=by)


def _card(
    request: WrittenRequest,
    service: Askable,
    referral: str,
    state: ReferralState,
    *,
    sent: Moment,
    last: Moment,
    rated: Moment | None,
    by: Hand,
) -> None:
    names = ", ".join(person.told["known_as"] for person in request.people if person.told["known_as"])[:80] or "–"
    sender = (request.sender.id, request.sender.agency) if request.sender else (NULL, NULL)
    request.bulk.add(
        *("referrals_referral", referral, request.new(sent), request.id, *sender, service.id, plain(service.name)),
        *(TRUE if service.is_masked else FALSE, request.scene.hub, service.agency, plain(names), str(len(request.people))),
        *(
            str(request.urgency.value),
            state,
            last.text,
            TRUE if state in LIVE else FALSE,
            str(len(WAYS[state]) + 1),
            sent.text,
            by.id,
            "[]",
        ),
        REASONS[state] if state == S.DECLINED else "",
        REASONS[state] if state == S.COMPLETED else "",
        *((Helped.YES.value, rated.text, request.id) if rated else ("", NULL, NULL)),
    )
