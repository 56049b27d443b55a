"""What the impact assessment says of this room, and in which class of the retention schedule each of its tables is."""

PURPOSE = "to let staff in, and nobody else"
CONTROLLER = "the agency that the member of staff works for"
KEPT = {
    "Account": "account",
    "Passkey": "account",
    "AuthenticatorApp": "account",
    "RecoveryCode": "account",
    "FactorTry": "tries",
    "StaffSession": "account",
    "KnownDevice": "account",
    "StaffHome": "account",
    "SignInProvider": "account",
    "ProviderSubject": "account",
}
