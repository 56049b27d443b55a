"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to know which services are near"
CONTROLLER = "nobody: public facts"
KEPT = {
    "Area": "public",
    "Postcode": "public",
    "NamedPlace": "public",
}
