"""Practitioner: whoever works with families asks with or for one, keys in a form, follows what became of it, answers what was referred.

Knows: these pages and their words. Refuses to know: the hub's queue and decisions (hub), how a question is asked (asking_form). What an
agency received is the snapshot and no more; a masked service has no name here. Source: A1, A3, A4, A5, A10, A12.
"""
