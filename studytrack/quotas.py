"""Counting what somebody has against a quota, without counting it each time."""

from django.core.cache import caches
from django.db import models


def at_most(model: type[models.Model], owner_id: int, newest: int, enough: int) -> int:
    """An upper bound of how many rows an owner has; above `enough` it is the exact number.

    Ids are given out one after the other. So since an owner's rows were last counted, there cannot be more new ones
    than ids have been given out. They are counted again only when that could be too many, which for most is never.
    """
    if newest <= enough:
        return newest
    key, counts = f"count:{model._meta.label_lower}:{owner_id}", caches["in_process"]
    count, counted_at = counts.get(key, (0, 0))
    if 0 < counted_at <= newest and count + newest - counted_at <= enough:
        return count + newest - counted_at
    count = model._base_manager.filter(owner_id=owner_id).count()
    counts.set(key, (count, newest), timeout=None)
    return count
