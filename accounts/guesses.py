"""How often a password may be guessed: failures are counted for each account, whatever the addresses they come from.

An attacker must not be able to lock the owner out. So there are two budgets: one that all networks share from which
nobody has signed in to the account yet, and one for each from which somebody has. What is beyond a budget is answered
as a wrong password is, after the same work.
"""

from ipaddress import ip_network
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import User
from studytrack.api.clients import client_address

FAILURES_AN_HOUR = 100
HOUR_SECONDS = 3600
NETWORK_PREFIXES = {4: 24, 6: 48}
"""A home or a telephone gets another address now and then, but mostly out of the same of these."""


class Budget:
    """The failures that somebody has left in the hour that began with the first of them."""

    def __init__(self, *whose: Any) -> None:
        self.key, self.counters = f"guesses:{unreadable('budget', repr(whose))}", caches["counters"]

    def take(self) -> bool:
        """Count one failure; whether there was one left. Before the password is checked: others may be trying, too."""
        return self.counters.count(self.key, HOUR_SECONDS) <= FAILURES_AN_HOUR  # type: ignore[attr-defined]

    def give_back(self) -> None:
        """It was no failure."""
        self.counters.count(self.key, HOUR_SECONDS, by=-1)  # type: ignore[attr-defined]


def is_password_of(user: User | None, password: str, budget: Budget) -> bool:
    """Whether this is the password of a user who may sign in; after the work of one hash, whatever the answer."""
    if not budget.take() or user is None:
        User().set_password(password)
        return False
    if not user.check_password(password) or not user.is_active:
        return False
    budget.give_back()
    return True


def network_of(request: HttpRequest | None) -> str:
    """Where somebody asks from: as coarse as it is remembered, and unreadable."""
    client = client_address(request) if request else "unknown"
    try:
        network = ip_network(client)
        client = str(network.supernet(new_prefix=NETWORK_PREFIXES[network.version]))
    except ValueError:  # "unknown"
        pass
    return unreadable("network", client)


def unreadable(what: str, text: str) -> str:
    """A name for something personal, from which nobody without the secret key can tell what it was."""
    return salted_hmac(f"accounts.guesses.{what}", text, algorithm="sha256").hexdigest()
