"""People: children, young people, parents, carers and babies on the way, each a person of their own.

Knows: what somebody is called, how old they are, and how they may safely be reached. Refuses to know: who may see it (that is
information_sharing, above). Being named by somebody grants nothing. Source: A7, practice.md.
"""
