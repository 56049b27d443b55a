"""Iain MacLeòid and Peigi NicLeòid live on Sunnay and ask in Gaelic. The island's nurse is a cousin."""

from demo.journey import Journey
from reachin.access.requests_for_assistance.enums import AskedBy

# In English: We live on Sunnay. Iain, my husband, has been ill since the spring, and our children, Mòrag and Ruairidh, are worried.
# We would like help for the children, in Gaelic if that can be done. The nurse here is a cousin of Iain's, and we would rather that
# she did not hear of it.
ANSWERS = {
    "story": (
        "Tha sinn a' fuireach ann an Sunnaigh. Tha Iain, an duine agam, air a bhith tinn bhon earrach, agus tha dragh air a'"
        " chloinn againn, Mòrag agus Ruairidh. Bu toigh leinn taic airson na cloinne, anns a' Ghàidhlig ma ghabhas sin"
        " dèanamh. 'S e co-ogha do dh'Iain a tha anns a' bhanaltram an seo, agus b' fheàrr leinn nach cluinneadh i mu"
        " dheidhinn."
    ),
    "help_with": ["feelings", "health"],
    "wishes": "Cuideigin aig a bheil Gàidhlig, a thig dhan eilean no a bhruidhneas rinn air a' fòn.",
    "in_danger": "no",
    "your_name": "Peigi NicLeòid",
    "people": [
        {"known_as": "Mòrag NicLeòid", "age_years": 10, "relation": "child"},
        {"known_as": "Ruairidh MacLeòid", "age_years": 6, "relation": "child"},
        {"known_as": "Iain MacLeòid", "relation": "partner"},
    ],
    "contact_way": "phone",
    "phone": "07700 900733",
    "may_leave_message": "no",
    "safe_times": "Feasgar, às dèidh ceithir uairean",
    "first_contact": "hub",
    "must_not_know": "A' bhanaltram an seo: tha i càirdeach do dh'Iain.",
    "place": "PA65 6BA",
    "language": "Gàidhlig",
    "family_meeting": "tell_me_more",
}


def peigi(journey: Journey) -> None:
    """New in the queue; nobody has opened it yet."""
    back, agencies = journey.days.back, journey.partnership.agencies
    journey.begins(back(1, "20:40"), ANSWERS | {"blocked_agencies": [str(agencies["nhs-lennan"].id)]}, asked_by=AskedBy.PARENT_OR_CARER)
    journey.sends(back(1, "21:05"))
