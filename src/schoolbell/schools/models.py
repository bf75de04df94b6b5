"""The school: the business that owns every other row."""

import datetime as dt
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from schoolbell.kit.ids import new_id
from schoolbell.kit.time import InstantField, ZoneField, zone
from schoolbell.schools.policies import Policies

SLUG = r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$"


class School(models.Model):
    """A business that teaches. On one database or on many, this table is everywhere whole (a reference table)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=50, validators=[RegexValidator(SLUG)])
    name = models.CharField(max_length=200)
    tagline = models.CharField(max_length=200, blank=True)
    about = models.TextField(blank=True)
    colour = models.CharField(max_length=7, default="#2f6f5e")  # its pages derive their shades from it
    # How people reach it and where they send money; what they accept when they book. Empty: nothing is said of it.
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=300, blank=True)
    bank_details = models.TextField(blank=True)
    terms = models.TextField(blank=True)
    timezone = ZoneField()
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=10, default="en")
    preset = models.CharField(max_length=20)
    stored_policies = models.JSONField(default=dict, db_column="policies")
    # What they were before, oldest first: `{"until": instant, "was": {name: value}}`. What was booked then keeps them.
    former_policies = models.JSONField(default=list)
    created_at = InstantField(db_default=Now(), editable=False)
    updated_at = InstantField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            # A school is found by its slug, which never changes.
            models.UniqueConstraint(fields=["slug"], name="school_slug"),
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="school_slug_is_plain"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="school_currency_is_iso"),
            models.CheckConstraint(condition=Q(colour__regex="^#[0-9a-f]{6}$"), name="school_colour_is_hex"),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def policies(self) -> Policies:
        return Policies.model_validate(self.stored_policies)

    def policies_as_of(self, moment: dt.datetime) -> Policies:
        """The policies as they were then. What they once were is not looked for when nothing has changed since."""
        if self.updated_at <= moment:
            return self.policies
        values = dict(self.stored_policies)
        for former in reversed(self.former_policies):
            if moment < dt.datetime.fromisoformat(former["until"]):
                values |= former["was"]
        return Policies.model_validate(values)

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone(self.timezone)

    def policies_for(self, overrides: dict[str, Any]) -> Policies:
        """The policies that hold for a course with these overrides of its own."""
        return self.policies.with_overrides(overrides)
