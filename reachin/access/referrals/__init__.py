"""Referrals: one agency asks another to help a family, and the loop closes when the family says whether it helped.

Knows: the states and who moves them, the dated snapshot that was shared, typed reasons, outcomes. Refuses to know: how a fitting service
is found (matching). A receiver sees the snapshot and no more. Source: A3, A5, A6, A9.
"""
