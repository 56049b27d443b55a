"""Family: whoever came in by reference and phrase looks at their own request, answers, takes it back, says whether it helped.

A page here shows only what concerns the one who asked, and never the name of a masked service. Source: A1, A7, practice.md.
"""
