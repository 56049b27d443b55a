"""Matching: which services may suit what somebody asks for, and why, in words.

Knows: facts about what is asked, facts about what is offered, hard limits first and then a score whose parts are told.
Refuses to know: who asks, and what is decided: people decide. Source: A5, A6; requests-and-referrals.md.
"""
