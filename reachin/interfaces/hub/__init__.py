"""The hub team's pages: one queue, one readable page a request, its decisions, suggested services, delays.

Knows: how the hub's work is shown and asked for. Refuses to know: rules and changes, which are the rooms' below.
Source: A2, A4, A5, A6, A8, A12.
"""
