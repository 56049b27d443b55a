"""Permissions: which role may do what. Roles live in code, so that a change is reviewed and tested.

Knows: the vocabulary noun.verb and the roles that carry it. Refuses to know: whose record it is (that is the circle's question).
Source: systems.md G (roles named).
"""
