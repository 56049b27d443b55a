"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to share only what is lawful, with whom, for what and until when, and to show it to the person"
CONTROLLER = "the agency that decided; each party for an agreement"
KEPT = {
    "SharingAgreement": "sharing",
    "AgreementParty": "sharing",
    "SharingDecision": "sharing",
    "CircleEntry": "sharing",
    "Block": "sharing",
    "EmergencyAccess": "sharing",
}
