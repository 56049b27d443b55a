"""Places: postcodes, named places and the areas (council, health board, partnership) that they lie in.

Knows: where a postcode or a place is, what area it belongs to, how far two points are apart. Refuses to know: who lives there.
Nobody needs a postcode: what is not found is unknown, and unknown is a good answer. Source: A2, A5 (area, distance); settled.md.
"""
