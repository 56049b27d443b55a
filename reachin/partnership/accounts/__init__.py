"""Accounts: by what a member of staff signs in. An account is not a Person, and no family needs one.

Knows: name, agency, role, password. Refuses to know: whose records they may open. Source: G.
"""
