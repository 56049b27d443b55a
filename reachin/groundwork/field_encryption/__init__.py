"""Field encryption: what is most dangerous in the wrong hands is sealed before it reaches the database.

Knows: AES-256-GCM, key ids, and that a sealed value belongs to one field of one row (it cannot be copied to another).
Refuses to know: what the words mean. The field code is a constant, so a renamed column breaks nothing. Source: who-may-see-what.md.
"""

from .sealing import blind_index, seal, seal_answers, unseal, unseal_answers

__all__ = ["blind_index", "seal", "seal_answers", "unseal", "unseal_answers"]
