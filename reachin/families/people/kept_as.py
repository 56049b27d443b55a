"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to know who asks and who is helped, and how each may safely be reached"
CONTROLLER = "the agency that recorded the person"
KEPT = {
    "Person": "person",
    "PersonAlias": "person",
    "PersonDetails": "person",
    "ContactInstruction": "person",
    "ProtectedHome": "person",
}
