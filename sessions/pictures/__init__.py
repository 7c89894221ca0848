"""Statistics as pictures in SVG, legible by day and by night, on paper and by ear; knows no HTTP.

A picture is drawn from the statistic itself: it shows the numbers that the JSON has, and no others.
"""

from datetime import datetime
from typing import Any

from sessions import statistics, summaries
from sessions.pictures import bars, heatmap, shares
from sessions.summaries import GroupBy, Span


def heatmap_of(user: Any, span: Span, now: datetime) -> str:
    """The days of a span, week by week."""
    return heatmap.draw(statistics.heatmap(user, span, now), user.week_start, statistics.today_of(user, now))


def summary_of(user: Any, span: Span, group_by: str) -> str:
    """The time on the days of a span: as shares of subjects, or else as bars, the empty ones too."""
    if group_by == GroupBy.SUBJECT:
        return shares.draw(summaries.summary(user, span, group_by))
    return bars.draw(summaries.summary(user, span, group_by, fill=True), user.week_start)
