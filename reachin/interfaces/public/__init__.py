"""Public: anybody, without signing in. Reads what will happen, asks for help, leaves and comes back, prints.

Source: A1, A2, A8, A10, practice.md (asking, danger, tone).
"""
