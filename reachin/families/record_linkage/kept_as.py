"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to join two records of one person without widening who sees them, and to part them again"
CONTROLLER = "the agency whose officer joined them"
KEPT = {
    "Pair": "linkage",
    "Merge": "linkage",
    "Moved": "linkage",
}
