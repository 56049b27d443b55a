"""Directory: the services that help families, who runs them, where, for whom, and how long the wait is.

Knows: what a service says of itself, where that was read and when it was last confirmed. Refuses to know: any family, and which
service suits whom (that is `matching`). What is not known is kept as unknown, never guessed into a no.
Source: A2, A5, A21, B15; search.md (freshness, closed services vanish but stay in the record).
"""
