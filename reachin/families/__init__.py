"""Families: whom it is about. A family is whoever the family says; everything about a person hangs from the person."""
