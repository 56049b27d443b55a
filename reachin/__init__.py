"""Reach In: the digital backbone of a children's services planning partnership."""
