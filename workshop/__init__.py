"""The workshop: what stands behind `start.py` (servers, databases, tests, checks, proofs, benches). The product never imports it."""
