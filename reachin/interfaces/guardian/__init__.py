"""The information guardian's pages: the register of agreements, what awaits review, who looked, what was shared, accounts and agencies.

Knows: how one agency's information guardian sees to all this. Refuses to know: any family's words; a guardian is in nobody's circle.
Source rows: B4, B6, who-may-see-what.md.
"""
