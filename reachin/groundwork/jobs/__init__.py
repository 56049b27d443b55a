"""Jobs: work that waits for nobody at a screen.

Knows: that a job acts as somebody, by a mandate sealed where it was ordered; its arguments are ids only. Refuses to know: what is done.
Source: settled.md.
"""
