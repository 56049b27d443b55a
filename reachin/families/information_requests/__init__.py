"""Information requests: what a person asks about what is held of them, and what becomes of it.

Knows: a copy, erasure, an objection, a correction, a complaint; by when the law wants it answered, who prepared the answer and who, never
the same, looked at it before it was given. Refuses to know: what other rooms hold (they tell through the register of people).
Source: A7, B13, who-may-see-what.md, practice.md.
"""
