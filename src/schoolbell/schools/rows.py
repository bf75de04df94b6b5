"""What every row of a school is made of. See docs/decisions/001-rows-of-a-school.md."""

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models.functions import Now

from schoolbell.kit.database.fields import OwnedForeignKey, OwnedKey
from schoolbell.kit.time import InstantField
from schoolbell.schools.models import School


class SchoolKey(OwnedKey):
    """The id of a row of a school: a UUIDv7, made in Python."""

    owner = "school_id"


class SchoolForeignKey(OwnedForeignKey):
    """A foreign key between rows of one school. The database refuses one that leaves it."""

    owner = "school_id"


M = TypeVar("M", bound="SchoolModel")


class SchoolRows(models.QuerySet[M]):
    """Rows, with the one filter that every query needs."""

    def of(self, school: School) -> Self:
        return self.filter(school_id=school.pk)


class SchoolModel(models.Model):
    """A row of a school. Its school never changes: `save()` looks for the row within it and never writes it."""

    id = SchoolKey()
    school = models.ForeignKey(School, models.PROTECT, db_index=False, related_name="+")
    created_at = InstantField(db_default=Now(), editable=False)
    updated_at = InstantField(db_default=Now(), editable=False)

    objects = SchoolRows.as_manager()

    class Meta:
        abstract = True

    def _do_update(  # type: ignore[override]
        self,
        base_qs: models.QuerySet[Any],
        using: str | None,
        pk_val: Any,
        values: Any,
        update_fields: Any,
        forced_update: bool,  # noqa: FBT001
    ) -> bool:
        values = [value for value in values if value[0].name not in ("school", "created_at", "updated_at")]
        values.append((self._meta.get_field("updated_at"), None, Now()))
        rows = base_qs.filter(school_id=self.school_id)
        found = super()._do_update(rows, using, pk_val, values, update_fields, forced_update)  # type: ignore[call-arg]
        if not found and not self._state.adding:
            # Django would insert it now: a copy, in whatever school the instance was given.
            raise self.DoesNotExist(f"no {self._meta.label} {self.pk} in school {self.school_id}")
        return bool(found)
