"""Requests for assistance: somebody asks the front door for help, for themselves, for their family, or with a family.

Knows: the questions and their versions, what is still missing and for whom to give, the stages and who moves them, how long it takes.
Refuses to know: which service fits (matching), and what agencies do afterwards (referrals). A family's request is never returned.
Source: A1, A2, A4, A5, A8, A10, A12.
"""
