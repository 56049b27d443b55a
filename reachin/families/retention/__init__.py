"""Retention: how long each kind of record is kept, who looks at it before its words are destroyed, and what may not be destroyed.

Knows: the schedule with its sources, what is due, the two people who said so, the holds, and that it was done. Refuses to know: what a
record is made of; each room above registers how its kind ends and is emptied. Source: settled.md (only the retention role deletes), A7.
"""
