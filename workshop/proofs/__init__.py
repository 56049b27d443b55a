"""Proofs: each module shows that a promise holds, with HELP (one line) and main(argv) -> exit status."""
