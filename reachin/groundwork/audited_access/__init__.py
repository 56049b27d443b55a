"""Audited access: who is acting, what they have opened, and the trace of both.

Knows: signed contexts, openings, the audit table, the register of things that can be opened. Refuses to know: who belongs in whose
circle; each room above registers the question for its own records, and until it does the answer is no. Source: who-may-see-what.md.
"""
