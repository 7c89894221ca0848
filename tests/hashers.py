"""The production hasher with so few rounds that tests do not wait for it."""

from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class FewRoundsBCryptSHA256PasswordHasher(BCryptSHA256PasswordHasher):
    rounds = 4
