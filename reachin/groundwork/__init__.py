"""Groundwork: what every room stands on. It knows no word of families."""
