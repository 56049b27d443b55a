"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to tell families and staff that there is a message, by the way that they said is safe"
CONTROLLER = "the agency that holds the request that it is about"
KEPT = {
    "Message": "message",
}
