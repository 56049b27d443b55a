"""Information sharing: each person's circle, and who must not see.

Knows: which agency is in whose circle, for what, until when and why, and the block lists. Refuses to know: what is shared (each room
keeps its own records). A family as such grants nothing. Source: A7, who-may-see-what.md.
"""
