"""The demonstration: sign in as anybody, come back as any invented family, and see what would have been sent.

Knows: that all of this is only for a database that is marked as a demo. Refuses to know: how anybody signs in otherwise. Source: A1, G.
"""
