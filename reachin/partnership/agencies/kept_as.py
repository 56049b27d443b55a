"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to know who takes part"
CONTROLLER = "nobody: public facts about organisations"
KEPT = {
    "Agency": "public",
}
