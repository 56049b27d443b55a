"""The asking form: turns the questions of a request into forms and back into answers, for families and practitioners alike.

Knows: how each kind of question is answered on a page. Refuses to know: which pages there are (public, practitioner). Source: A1, A10.
"""
