"""Page parts: the frame of every page, the macros of every component, and forms that no input can break.

Knows how a page looks and behaves: skip link, hide-this-page, languages, errors beside the field, dates in three parts, print.
Refuses to know what any page is about, and whom it is for. Source rows: A1 (plain, calm, on a phone), A2, A15.
"""
