"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to find help"
CONTROLLER = "nobody: public facts about services"
KEPT = {
    "Source": "public",
    "Organisation": "public",
    "Service": "public",
    "Location": "public",
    "ServiceAtLocation": "public",
    "TaxonomyTerm": "public",
    "ServiceTerm": "public",
    "ImportRun": "public",
    "ImportProblem": "public",
}
