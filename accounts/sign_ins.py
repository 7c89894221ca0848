"""Beginning, continuing and ending sign-ins: what the token endpoints do."""

from datetime import datetime

from django.contrib.auth.models import update_last_login
from django.db import transaction

from accounts.models import SignIn, User
from studytrack.api.tokens import Claims, issue


def begin(user: User, now: datetime) -> dict[str, str]:
    """`{access, refresh}` of a new sign-in."""
    with transaction.atomic():
        update_last_login(User, user)
        return _tokens(user.sign_in(now), now)


def refresh(claims: Claims, now: datetime) -> dict[str, str] | None:
    """`{access, refresh}` for a refresh token that was not used yet; for another None, and the sign-in's end.

    Of parallel uses of one token exactly one wins, because each waits for the sign-in's row.
    """
    with transaction.atomic():
        mine = SignIn.objects.select_related("user").filter(pk=claims.sign_in, user_id=claims.user_id)
        sign_in = mine.select_for_update(of=("self",)).first()
        if sign_in is None:
            return None
        if sign_in.token_id != claims.token_id or sign_in.expires_at <= now or not sign_in.user.is_active:
            sign_in.delete()
            return None
        sign_in.rotate(now)
        return _tokens(sign_in, now)


def end(claims: Claims) -> None:
    """The sign-in is over, its access tokens too; one that is over already stays so."""
    SignIn.objects.filter(pk=claims.sign_in, user_id=claims.user_id).delete()


def end_all(user: User, *, but: Claims | None = None) -> None:
    """Every sign-in of the user is over, except the one that these claims speak of."""
    theirs = user.sign_ins.exclude(pk=but.sign_in) if but else user.sign_ins.all()
    theirs.delete()


def _tokens(sign_in: SignIn, now: datetime) -> dict[str, str]:
    return issue(sign_in.user_id, sign_in.pk, sign_in.token_id, now=now, expires_at=sign_in.expires_at)
