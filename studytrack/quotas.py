"""Counting what somebody has against a quota, without counting it each time."""

from django.core.cache import caches
from django.db import models


def at_most(model: type[models.Model], owner_id: int, newest: int, enough: int) -> int:
    """How many rows an owner has, or more than those, if that is no more than `enough`.

    Ids are given out one after the other: since an owner's rows were counted, there cannot be more new ones than ids
    have been given out. So it is counted anew only when that could be too many, and for most owners never.
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
