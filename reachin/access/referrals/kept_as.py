"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to ask an agency for help with what the family agreed to share, and to learn what became of it"
CONTROLLER = "the agency that sent it; for the snapshot also the agency that received it"
KEPT = {
    "Referral": "referral",
    "ReferralPerson": "referral",
    "Snapshot": "referral",
    "ReferralMove": "referral",
    "ReferralNote": "referral",
}
