"""What a guardian reads: why somebody's looking stands out, and what an agency is called to them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reachin.access.directory.models import masked_name
from reachin.families.information_sharing.looking import Finding, Reason
from reachin.partnership.agencies.models import Agency

REASONS: Mapping[Reason, Promise] = {
    Reason.OWN_NAME: gettext_lazy("A name like their own"),
    Reason.OWN_STREET: gettext_lazy("Near where they live"),
    Reason.MANY_IN_AN_HOUR: gettext_lazy("Many families within an hour"),
    Reason.MANY_IN_A_DAY: gettext_lazy("Many families in a day"),
    Reason.NOTHING_FOLLOWED: gettext_lazy("Nothing followed"),
    Reason.AFTER_CLOSING: gettext_lazy("After it was closed"),
    Reason.OUTSIDE_HOURS: gettext_lazy("When nobody works, and no alert"),
    Reason.TO_PROTECT: gettext_lazy("To keep somebody safe, and no alert"),
}


def in_words(finding: Finding) -> str:
    """Why it stands out, in a sentence."""
    many = ngettext("%(many)d record", "%(many)d records", finding.many) % {"many": finding.many}
    said = {
        Reason.OWN_NAME: _("They opened %(many)s with a name like their own. It may be their family, or chance."),
        Reason.OWN_STREET: _("They opened %(many)s of somebody who lives near them. It may be a neighbour, or chance."),
        Reason.MANY_IN_AN_HOUR: _("They opened %(many)s within an hour."),
        Reason.MANY_IN_A_DAY: _("They opened %(many)s in a day."),
        Reason.NOTHING_FOLLOWED: _("They opened %(many)s more than a week ago, and did nothing with them since."),
        Reason.AFTER_CLOSING: _("They opened %(many)s after the request was closed."),
        Reason.OUTSIDE_HOURS: _("They opened %(many)s at night or on a day off, where no danger had been told of."),
        Reason.TO_PROTECT: _(
            "They opened %(many)s to keep somebody safe, where no danger had been told of. People do not see this for months."
        ),
    }[finding.reason] % {"many": many}
    return f"{said} {_('Usual for their colleagues: %(usual)d.') % {'usual': finding.usual}}" if finding.usual is not None else said


def agency_name(agency: Agency, *, own: object, chosen_by: object = None) -> str:
    """What an agency is called to people of the agency `own`: a masked one by its name only to itself and to those who chose it."""
    return agency.name if not agency.is_masked or own in (agency.id, chosen_by) else masked_name()
