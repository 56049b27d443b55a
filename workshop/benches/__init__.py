"""Benches: each module measures, with HELP (one line) and main(argv) -> exit status; `--report` lets only errors fail."""
