"""Languages: texts that exist in several languages, the language a visitor reads in, and the catalogues of the pages' own words.

Knows English and Gaelic (English is the source: its words are the keys of the catalogues).
Refuses to know what any text is about. Source rows: A1, A2 (plain words, Gaelic beside English).
"""
