"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to show afterwards who looked at what and what was done, and to slow whoever looks at too much"
CONTROLLER = "each agency for what its own staff did"
KEPT = {
    "AuditEvent": "traces",
    "DatabaseMark": "machinery",
    "Try": "tries",
    "OpeningBrake": "traces",
}
