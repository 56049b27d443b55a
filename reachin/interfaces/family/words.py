"""What the family reads of each step, in plain words."""

from collections.abc import Collection, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reachin.access.referrals.enums import ReferralState
from reachin.access.requests_for_assistance.enums import Outcome, Stage

NOW_WORDS: Mapping[Stage, Promise] = {
    Stage.RECEIVED: _("We have your request."),
    Stage.RETURNED: _("The person who wrote it with you is adding something."),
    Stage.TO_BE_CONTACTED: _("Somebody will be in touch with you, in the way that you chose."),
    Stage.READY_FOR_TRIAGE: _("The family support team is reading it and looking for the right help."),
    Stage.IN_DISCUSSION: _("The family support team is talking about what would help best."),
    Stage.MATCHED: _("We have asked for help for you. We tell you here what they say."),
    Stage.CLOSED: _("We have finished with this request. You can ask again at any time."),
    Stage.WITHDRAWN: _("You took this request back. Nothing more will happen. You can ask again at any time."),
    Stage.ENTERED_IN_ERROR: _("This request was written by mistake and will not be used."),
}
HELP_NOW_WORDS: Mapping[ReferralState, Promise] = {
    ReferralState.IN_PROGRESS: _("Help has started."),
    ReferralState.ACCEPTED: _("Somebody said yes. They will be in touch, in the way that you chose."),
    ReferralState.SENT: NOW_WORDS[Stage.MATCHED],
    ReferralState.NO_RESPONSE: NOW_WORDS[Stage.MATCHED],
    ReferralState.WAITING: _("You are on a waiting list. We tell you here when it is your turn."),
    ReferralState.COMPLETED: _("The help that we asked for has ended. If you need more, tell us: you can ask again at any time."),
}
"""Once services were asked: the first of these that any of them is at says where it is."""
STEP_WORDS: Mapping[Stage, Promise] = {
    Stage.RECEIVED: _("You asked for help"),
    Stage.RETURNED: _("Something was missing from what the worker sent"),
    Stage.TO_BE_CONTACTED: _("We put you on our list of people to be in touch with"),
    Stage.READY_FOR_TRIAGE: _("We had what we needed to look for help"),
    Stage.IN_DISCUSSION: _("We began to talk about what would help"),
    Stage.MATCHED: _("We asked for help for you"),
    Stage.CLOSED: _("We finished"),
    Stage.WITHDRAWN: _("You took it back"),
    Stage.ENTERED_IN_ERROR: _("It was written by mistake"),
}
OUTCOME_WORDS: Mapping[Outcome, Promise] = {
    Outcome.HELPED: _("You got help."),
    Outcome.ADVICE_GIVEN: _("We talked, and you had what you needed."),
    Outcome.OWN_WAY: _("You found your own way."),
    Outcome.NOT_WANTED_ANY_MORE: _("You told us that you do not want this any more."),
    Outcome.NOT_REACHED: _("We tried and could not reach you. Please ask again when it suits you."),
    Outcome.MOVED_AWAY: _("You moved to another area."),
    Outcome.OTHER_PROCESS: _("Other workers are helping with this now. They will have been in touch."),
    Outcome.NOTHING_FITTING: _("We did not find a service that fits. We have written down that it is missing here."),
    Outcome.SET_ASIDE: _("We could not tell that a person wrote this. If you did, please ask again, or ring us."),
}
REFERRAL_WORDS: Mapping[ReferralState, Promise] = {
    ReferralState.SENT: _("We asked them. They have not answered yet."),
    ReferralState.NO_RESPONSE: _("They have not answered in time. We are asking them again."),
    ReferralState.WAITING: _("You are on their waiting list."),
    ReferralState.ACCEPTED: _("They said yes. They will be in touch, in the way that you chose."),
    ReferralState.IN_PROGRESS: _("Help has started."),
    ReferralState.COMPLETED: _("This help has ended."),
    ReferralState.DECLINED: _("They cannot help this time. It is not because of you. We keep looking."),
    ReferralState.REROUTED: _("They passed it on to somebody who fits better."),
    ReferralState.COULD_NOT_CONTACT: _("They tried and could not reach you. Tell us if another way is better."),
    ReferralState.NOT_NEEDED: _("You do not need this any more."),
    ReferralState.WITHDRAWN_BY_FAMILY: _("You took this back."),
    ReferralState.WITHDRAWN_BY_SENDER: _("We took this back. Ask us if you would like to know why."),
    ReferralState.ENTERED_IN_ERROR: _("This was written by mistake."),
}
HELP_STARTED = _("Help started")
HELP_ENDED = _("Help ended")
LOOKS_HERE_WORDS: Mapping[Stage | ReferralState, Promise] = {
    Stage.TO_BE_CONTACTED: _("Somebody reads it and writes to you here. Nobody calls you or sends you anything."),
    ReferralState.ACCEPTED: _("They said yes. We write to you here how you can meet them."),
}
"""The same for those who look here themselves, or told no safe way: nobody promises them a call."""
A_SERVICE = _("A support service")
"""How a masked service is called wherever somebody might look over a shoulder."""


def now_words(stage: Stage, referrals: Collection[ReferralState], *, may_contact: bool) -> Promise:
    """Where a request is now: by its stage, and once services were asked by what they answered."""
    state = next((state for state in HELP_NOW_WORDS if state in referrals), None) if stage == Stage.MATCHED else None
    if not may_contact and (state or stage) in LOOKS_HERE_WORDS:
        return LOOKS_HERE_WORDS[state or stage]
    return NOW_WORDS[stage] if state is None else HELP_NOW_WORDS[state]


def referral_words(state: ReferralState, *, may_contact: bool) -> Promise:
    """Where the asking of one service is."""
    return LOOKS_HERE_WORDS[state] if not may_contact and state in LOOKS_HERE_WORDS else REFERRAL_WORDS[state]
