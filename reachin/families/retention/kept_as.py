"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to keep no longer than necessary, and to destroy nothing that somebody needs"
CONTROLLER = "the agency that answers for the record"
KEPT = {
    "DestructionReview": "destruction",
    "LegalHold": "destruction",
}
