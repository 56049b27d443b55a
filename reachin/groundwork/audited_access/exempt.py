"""Tables without row security, each with the reason. Everything else in the database is guarded, by a test."""

EXEMPT: dict[str, str] = {
    "django_migrations": "which migrations ran",
    "django_content_type": "Django's list of models",
    "django_session": "read before anybody is known; holds account and draft ids only",
    "auth_group": "unused table of Django's",
    "auth_group_permissions": "unused table of Django's",
    "auth_permission": "unused table of Django's",
    "accounts_account": "staff accounts, read at sign-in before there is a context; no family data",
    "accounts_passkey": "public keys of staff, read at sign-in before there is a context; no family data",
    "accounts_authenticatorapp": "seeds of staff's apps, sealed, read at sign-in before there is a context; no family data",
    "accounts_recoverycode": "digests of staff's recovery codes, read at sign-in before there is a context; no family data",
    "accounts_factortry": "when a wrong code was typed for an account of staff, counted before there is a context",
    "accounts_staffsession": "where staff are signed in, written as a session begins; device words, no network address, no family data",
    "accounts_knowndevice": "which kinds of browser staff signed in with, in words, written as a session begins; no family data",
    "accounts_staffhome": "a keyed digest of the postcode of staff, said by themselves or their agency; no family data",
    "accounts_signinprovider": "an agency's own sign-in, read before anybody is known; its secret is sealed",
    "accounts_providersubject": "whom an agency's own sign-in means, read before there is a context; staff only",
    "agencies_agency": "public facts about agencies",
    "axes_accessattempt": "sign-in attempts of staff, before there is a context",
    "axes_accessattemptexpiration": "sign-in attempts of staff, before there is a context",
    "axes_accessfailurelog": "sign-in attempts of staff, before there is a context",
    "axes_accesslog": "sign-ins of staff, before there is a context",
    "audited_access_try": "keyed digests of who knocked or at what, and when: counted before anybody is known, soon forgotten",
    "audited_access_databasemark": "says whether this is a demo database",
    "requests_for_assistance_wayintry": "keyed digests of what was tried and when, counted before anybody is known",
}
EXEMPT_ROOMS: dict[str, str] = {
    "directory_": "services and organisations: public by purpose, no families",
    "places_": "postcodes and areas: public, no families",
    "procrastinate_": "jobs carry ids only, each with a sealed mandate",
}
