"""Proofs: each module shows that a promise holds.

`HELP` is one line; `main(argv)` gives the exit status, says its progress with `workshop.progress.say`, and ends with
`workshop.progress.result({..., "failed": n})`: 0 only when nothing failed. `--small` makes it short enough for CI.
"""
