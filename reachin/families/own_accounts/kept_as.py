"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to let people see and steer what is held about them, by a way in of their own"
CONTROLLER = "the agency that recorded the person"
KEPT = {
    "OwnAccount": "person",
}
