"""What every record and every owned record has in common; knows no HTTP."""

import unicodedata
from collections.abc import Iterable
from itertools import chain
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.dispatch import Signal

from studytrack.compiled import Compiled
from studytrack.fields import MomentField
from studytrack.quotas import at_most

owners_changed = Signal()
"""Sent as `owners_changed.send(model, owner_ids=…)` by writes that Django's own signals do not tell of."""


def folded(text: str) -> str:
    """The text as it is compared: composed, without regard to case."""
    return unicodedata.normalize("NFC", text.casefold())


def cascade_in_one_statement(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """CASCADE as one DELETE, however many rows: the deleted parent's signal speaks for its children.

    This uses two internals of Django's collector (pinned to 5.2), which then does not look for grandchildren. So a
    table that refers to rows which go like this must refer to their owner like this as well.
    """
    collector.fast_deletes.append(sub_objs)


cascade_in_one_statement.lazy_sub_objs = True  # type: ignore[attr-defined]


class Conflict(ValidationError):
    """A well-formed change that what is already there does not allow: 409, `members` beside the error's text."""

    def __init__(self, message: str, code: str, **members: Any) -> None:
        super().__init__(message, code=code)
        self.members = members


class OwnWords(ValidationError):
    """An error of a model's validator that is shown with the validator's own text.

    An error with a code that Django uses too, such as `invalid_choice`, would get Django's text. A list of errors is
    left as it is, even one of one.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__([ValidationError(message, code)])


class Record(models.Model):
    """Something that is kept: when it was made and changed, and columns that follow from others."""

    follows: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Columns that derive() computes, each with the columns it follows."""
    blames: ClassVar[dict[str, str]] = {}
    """Constraints by name, each with the field that an error is about."""

    created_at = MomentField(auto_now_add=True)
    updated_at = MomentField(auto_now=True)

    class Meta:
        abstract = True

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save with the derived columns; `update_fields` takes along what follows from them."""
        self.derive()
        if update_fields:
            update_fields = {"updated_at", *self.with_followers(update_fields)}
        with transaction.atomic(savepoint=False):  # so that the signals announce it before it is committed
            super().save(update_fields=update_fields, **kwargs)

    def derive(self) -> None:
        """Compute the columns named in `follows`."""

    @classmethod
    def with_followers(cls, columns: Iterable[str]) -> set[str]:
        """The columns, and those that follow from one of them."""
        named = set(columns)
        return named | {name for name, sources in cls.follows.items() if not named.isdisjoint(sources)}

    @classmethod
    def refuse_to_update(cls, columns: Iterable[str]) -> None:
        """Raise ValueError for columns that update() cannot keep true: those that derive() computes or reads."""
        named = {cls._meta.get_field(name).name for name in columns}
        if derived := named & {*cls.follows, *chain(*cls.follows.values())}:
            raise ValueError(f"update() cannot keep true what follows: {', '.join(sorted(derived))}.")

    def full_clean(self, exclude: Any = None, validate_unique: bool = True, validate_constraints: bool = True) -> None:
        """As Django's, but the constraints are asked last, once all else is in order: they would only repeat it."""
        super().full_clean(exclude, validate_unique, validate_constraints=False)
        if validate_constraints:
            self.validate_constraints(exclude)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Raise ValidationError for the constraints that are broken, each under the field it is about."""
        if not self._can_derive():
            return  # what is missing has been refused already
        self.derive()
        errors: dict[str, list[ValidationError]] = {}
        for constraint in self._meta.constraints:
            try:
                constraint.validate(type(self), self)
            except Conflict:
                raise
            except ValidationError as error:
                blamed = self.blames.get(constraint.name, NON_FIELD_ERRORS)
                errors.setdefault(NON_FIELD_ERRORS if blamed in (exclude or ()) else blamed, []).append(error)
        if errors:
            raise ValidationError(errors)

    def _can_derive(self) -> bool:
        entered = (field for field in self._meta.concrete_fields if field.editable)
        missing = {field.name for field in entered if getattr(self, field.attname) is None}
        return missing.isdisjoint(chain(*self.follows.values()))


@Compiled
def _to_lock(owner_id: int) -> models.QuerySet[Any]:
    return get_user_model()._default_manager.select_for_update(no_key=True).filter(pk=owner_id).order_by()


def lock_owner(owner_id: int | None) -> Any:
    """This user, read anew and locked: until the transaction ends, other writes to what is theirs wait."""
    return _to_lock(owner_id).first()


def lock_owners(owner_ids: Iterable[int | None]) -> list[Any]:
    """These users, read anew and locked, as by lock_owner().

    Whoever locks rows as well locks their owners first, or two could wait for each other.
    """
    users = get_user_model()._default_manager.select_for_update(no_key=True)
    return list(users.filter(pk__in=set(owner_ids)).order_by("pk"))


OwnedT = TypeVar("OwnedT", bound="OwnedModel")


class OwnedQuerySet(models.QuerySet[OwnedT]):
    """Rows that belong to users. Writes in bulk derive and announce what save() and its signals would."""

    def owned_by(self, user: Any) -> "OwnedQuerySet[OwnedT]":
        """The rows of this user; of nobody, no rows."""
        return self.filter(owner_id=user.pk) if user.pk else self.none()

    def update(self, **values: Any) -> int:
        """Update all at once; columns that derive() computes or reads need save() or bulk_update()."""
        self.model.refuse_to_update(values)
        with transaction.atomic():
            lock_owners(self.order_by().values_list("owner_id", flat=True).distinct())
            rows = dict(self.order_by("pk").select_for_update(of=("self",)).values_list("pk", "owner_id"))
            self.announce(rows.values())
            count = models.QuerySet.update(self.model._base_manager.filter(pk__in=rows), **values)
            self.complete(rows, values)
            return count

    def bulk_create(self, objs: Iterable[OwnedT], *args: Any, **kwargs: Any) -> list[OwnedT]:
        records = self._derived(objs)
        with transaction.atomic():
            lock_owners(record.owner_id for record in records)
            self.announce(record.owner_id for record in records)
            created = super().bulk_create(records, *args, **kwargs)
            self.model.refuse_beyond_quota(created)
            return created

    def bulk_update(self, objs: Iterable[OwnedT], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        records, columns = self._derived(objs), list(fields)
        # Django's bulk_update() calls update(), and ours would refuse the columns that follow.
        with_all_columns: Any = models.QuerySet(self.model, query=self.query.chain(), using=self.db)
        with transaction.atomic():
            lock_owners(record.owner_id for record in records)
            self.announce(record.owner_id for record in records)
            count: int = with_all_columns.bulk_update(records, self.model.with_followers(columns), *args, **kwargs)
            self.complete([record.pk for record in records], columns)
            return count

    def complete(self, ids: Iterable[int], columns: Iterable[str]) -> None:
        """Write what has to be written elsewhere when these columns of these rows have been updated."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete under the owners' locks, so that nothing new can hang on what is going."""
        with transaction.atomic():
            lock_owners(self.order_by().values_list("owner_id", flat=True).distinct())
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _derived(self, objs: Iterable[OwnedT]) -> list[OwnedT]:
        records = list(objs)
        for record in records:
            record.derive()
        return records

    def announce(self, owner_ids: Iterable[int]) -> None:
        """Tell that something of these users has changed, where Django's signals do not."""
        owners_changed.send(self.model, owner_ids=set(owner_ids))


class OwnedModel(Record):
    """A record that belongs to one user, and to nobody else's eyes."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, cascade_in_one_statement, related_name="%(class)ss", db_index=False
    )

    quota: ClassVar[str]
    """The setting that says how many of these an owner may have."""

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        """Save; one too many is a Conflict. For that to hold in a race the owner's lock is needed."""
        is_new = self._state.adding
        with transaction.atomic(savepoint=False):
            super().save(**kwargs)
            if is_new:
                self.refuse_beyond_quota([self])

    @classmethod
    def refuse_beyond_quota(cls, new: Iterable["OwnedModel"]) -> None:
        """Raise Conflict if somebody has too many, now that these are there."""
        quota: int = getattr(settings, cls.quota)
        for owner_id, newest in dict(sorted((record.owner_id, record.pk) for record in new)).items():
            if at_most(cls, owner_id, newest, quota) > quota:
                kind = cls._meta.verbose_name_plural
                raise Conflict(f"You have {quota:,} {kind}, and more cannot be kept.", "conflict", quota=quota)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete under the owner's lock, so that nothing new can hang on what is going."""
        with transaction.atomic():
            lock_owner(self.owner_id)
            return super().delete(*args, **kwargs)
