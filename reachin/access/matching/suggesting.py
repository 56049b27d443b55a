from dataclasses import replace

from reachin.access.directory.offers import offers_near

from .rules import AGES_OF_PARENTS, Asked, Ranking, rank

MOST_SUGGESTIONS = 20
"""As many as somebody looks through; more are had by asking with other needs or a wider area."""


def suggestions_for(asked: Asked, *, limit: int = MOST_SUGGESTIONS) -> Ranking:
    """The services of the directory that may suit, the best first, each with its reasons; at most `limit` of them.

    What the directory's own query left out (other areas, ages, needs; closed) is not listed again under `left_out`.
    """
    ages = {*asked.ages, *AGES_OF_PARENTS} if asked.ages and asked.with_adults else asked.ages
    offers = offers_near(needs=asked.wanted_needs, area_codes=asked.area_codes, points=asked.points, ages=ages)
    ranking = rank(asked, offers)
    return replace(ranking, suggestions=ranking.suggestions[:limit])
