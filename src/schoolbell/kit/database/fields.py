"""The key and the foreign key of an owned row. A subclass says which column is the owner's."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.expressions import Col
from django.db.models.lookups import Exact

from schoolbell.kit.ids import new_id


class OwnedKey(models.UUIDField):  # type: ignore[type-arg]
    """The `id` of an owned row. The database's primary key is `(id, owner)`."""

    owner: ClassVar[str]

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"primary_key": True, "default": new_id, "editable": False}
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("primary_key", "default", "editable"):
            del kwargs[fixed]
        return name, path, args, kwargs


class OwnedForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key between rows of one owner: `(owner, x_id) → (owner, id)`. Joins and look-ups carry the owner.

    It has no index of its own; a table declares the indexes that its queries need.
    """

    owner: ClassVar[str]

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        if on_delete in (models.SET_NULL, models.SET_DEFAULT, models.DO_NOTHING):
            raise TypeError("an owned row is protected or cascades; its key cannot be emptied, for the owner is in it")
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if kwargs.get("db_index") is False:
            del kwargs["db_index"]
        return name, path, args, kwargs

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> Any:
        if alias is None or related_alias is None:
            # exclude() across a way back: the owning table stands outside of the subquery, where it has no name.
            return None
        owner = self.model._meta.get_field(self.owner.removesuffix("_id"))
        return Exact(Col(alias, owner), Col(related_alias, owner))  # type: ignore[arg-type]

    def get_extra_descriptor_filter(self, instance: models.Model) -> dict[str, Any]:
        return {self.owner: getattr(instance, self.owner)}


def usual_value(field: "models.Field[Any, Any]") -> Any:
    """What a column holds of which nothing was said. COPY fills every column, so what the database would fill in has to
    be said too."""
    return field.db_default if isinstance(field.db_default, str | int) else field.get_default()
