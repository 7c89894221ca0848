"""A first try on this machine: SQLite and an in-process cache, unless the environment says otherwise."""

from studytrack.settings.base import *  # noqa: F403 - settings modules only differ from base

WHITENOISE_AUTOREFRESH = True
