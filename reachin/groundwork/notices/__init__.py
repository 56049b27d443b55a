"""Notices: what people are told, and only as they said that they may be reached.

Knows: safe contact as a type without which nothing can be sent, the outbox in the database, the ways out (demonstration, console,
e-mail, GOV.UK Notify). Refuses to know: what it is about; a message says only that there is a message. Source: who-may-see-what.md.
"""
