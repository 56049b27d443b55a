"""One-time links: a way in for one person, to one thing, once.

Knows: that a link is 128 random bits of which only a keyed digest is kept, that it lives shortly, that it needs a second factor (a phrase
that the person chose, or a worker who is with them; never a birthday), and that it is used once however many press it at once.
Refuses to know: what it leads to. Source: who-may-see-what.md.
"""
