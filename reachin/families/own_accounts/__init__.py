"""Own accounts: the way in that a person has of their own, to what is held about them.

Knows: that somebody was invited by a worker who has them open, on what ground (grown up, twelve or older, or younger with understanding),
and the code and phrase with which they come in. Refuses to know: what they then see. Having an account opens no other person's record.
Source: B3, who-may-see-what.md.
"""
