"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to answer people who ask about their own information: a copy, erasure, an objection, a correction, a complaint"
CONTROLLER = "the agency that answers for the person's record"
KEPT = {
    "InformationRequest": "information_request",
    "InformationWords": "information_request",
    "CopyEntry": "information_request",
    "ErasureEntry": "information_request",
    "Correction": "information_request",
    "PartnerNotice": "information_request",
}
