"""Benches: each module measures something.

`HELP` is one line; `main(argv)` gives the exit status, says its progress with `workshop.progress.say`, and ends with
`workshop.progress.result(figures)`: 0 only when every threshold holds. `--small` makes it short, with `--report` only errors fail.
"""
