"""Agencies: the councils, boards, schools and charities that help, their hub and their duty desk.

Knows: who they are, when somebody is there, whether their name may be shown. Refuses to know: any family. Source: A2, A6, G.
"""
