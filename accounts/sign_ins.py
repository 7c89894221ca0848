"""Beginning, continuing and ending sign-ins: what the token endpoints do."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.sign_in_rows import SignIn
from studytrack.api.security import Event, note
from studytrack.api.tokens import Claims, InvalidToken, issue


def begin(user: User, now: datetime) -> dict[str, str]:
    """`{access, refresh}` of a new sign-in; raises User.DoesNotExist if the password was changed since it was checked.

    The update locks the user's row: a change at the same time is either seen here, or comes after and ends this too.
    """
    with transaction.atomic():
        unchanged = User.objects.filter(pk=user.pk, password=user.password, is_active=True)
        if not unchanged.update(last_login=now):
            raise User.DoesNotExist
        user.remember_network(now)
        user.sign_ins.filter(expires_at__lte=now).delete()
        return _tokens(user.sign_in(now), now)


def refresh(claims: Claims, now: datetime) -> dict[str, str]:
    """`{access, refresh}` for a refresh token that was not used yet; another is InvalidToken, and the sign-in's end.

    Of parallel uses of one token exactly one wins, because each waits for the sign-in's row.
    """
    with transaction.atomic():
        mine = SignIn.objects.select_related("user").filter(pk=claims.sign_in, user_id=claims.user_id)
        sign_in = mine.select_for_update(of=("self",)).first()
        if sign_in and sign_in.may_go_on(claims.token_id, now):
            sign_in.rotate(now)
            return _tokens(sign_in, now)
        if sign_in:
            sign_in.delete()
    if sign_in and sign_in.token_id != claims.token_id:
        note(Event.REFRESH_REUSED, user=claims.user_id)
    raise InvalidToken


def end(claims: Claims) -> None:
    """The sign-in is over, its access tokens too; one that is over already stays so."""
    SignIn.objects.filter(pk=claims.sign_in, user_id=claims.user_id).delete()


@transaction.atomic
def end_all(user: User) -> None:
    """Every sign-in of the user is over, in applications and in browsers."""
    user.sign_ins.all().delete()
    user.browser_sessions.all().delete()


def _tokens(sign_in: SignIn, now: datetime) -> dict[str, str]:
    return issue(sign_in.user_id, sign_in.pk, sign_in.token_id, now=now, expires_at=sign_in.expires_at)
