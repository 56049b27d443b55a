"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to hear what somebody asks for, once, and to answer"
CONTROLLER = "the agency that holds the request; for a draft nobody but its writer can read it"
KEPT = {
    "DraftRequest": "draft",
    "WayIn": "request",
    "WayInTry": "tries",
    "RequestForAssistance": "request",
    "RequestPerson": "request",
    "StoryTold": "request",
    "PlanTold": "request",
    "SafetyTold": "request",
    "PlaceTold": "request",
    "RequestMove": "request",
    "RequestNote": "request",
    "ContactAttempt": "request",
    "DangerAlert": "request_in_danger",
    "Quarantine": "request",
}
