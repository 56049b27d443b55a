"""Interfaces: the roof. Who looks in, and what they see; a page may combine any rooms because it stands on top."""
