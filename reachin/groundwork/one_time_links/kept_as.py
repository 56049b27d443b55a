"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to let somebody come in once by a link that was sent to them, with a second factor"
CONTROLLER = "the agency that made the link"
KEPT = {
    "OneTimeLink": "tries",
}
