"""Record linkage: two records of one person are joined, and parted again exactly as they were.

Knows: which records are of one person, who said so and why, and which rows moved with them. Refuses to know: how likely two records are of
one person (people judge), and who may see what: joining widens no circle. Source: A7, linkage.md.
"""
