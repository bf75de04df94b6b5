"""Everything that changes the timetable and takes no seat. Sessions come and go in `bookings.sessions`."""

from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from schoolbell.catalogue.models import ResourceKind
from schoolbell.diary.models import Diary
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.text import is_blank
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Series, Session, Travel

RESOURCE_DETAILS: Final = (
    "name", "capacity", "address_line1", "address_line2", "city", "postcode", "facilities", "parking_info",
    "meeting_url", "meeting_id", "passcode", "is_active",
)  # fmt: skip
MOST_TRAVEL = 24 * 60  # minutes
ROOM_FOR = {ResourceKind.VENUE: 30, ResourceKind.ONLINE_ROOM: 100, ResourceKind.VEHICLE: 1}


@transaction.atomic
def add_resource(school: School, *, by: Actor, **values: Any) -> Resource:
    """A venue, online room or vehicle, with a diary of its own. No `capacity`: what such a thing mostly holds."""
    diary = Diary(school=school)
    diary.save(force_insert=True)
    if values.get("capacity") is None:
        values["capacity"] = ROOM_FOR[values["kind"]]
    resource = Resource(school=school, diary=diary, **values)
    resource.save(force_insert=True)
    record("resource.added", resource, by=by)
    return resource


@transaction.atomic
def change_resource(resource: Resource, *, by: Actor, **values: Any) -> Resource:
    """Any of `RESOURCE_DETAILS`; what is not named stays, and so does what is on the timetable. Out of use, nothing new
    is put there. Changing nothing records nothing. The record has states and amounts; of words, and of the passcode,
    only that they changed. A session that is made while the seats become fewer is left to `schoolbell check`.

    Raises: InputRefused.
    """
    if unknown := [name for name in values if name not in RESOURCE_DETAILS]:
        raise InputRefused({name: [str(_("This is not changed here."))] for name in unknown})
    if is_blank(values.get("name", "a name")):
        raise InputRefused.of("name", _("Give the place a name."))
    current = Resource.objects.select_for_update().get(school_id=resource.school_id, id=resource.pk)
    wanted: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value for name, value in values.items()
    }
    old = {name: getattr(current, name) for name, value in wanted.items() if getattr(current, name) != value}
    if not old:
        return current
    if "capacity" in old:
        _require_seats(current, wanted["capacity"])
    for name in old:
        setattr(current, name, wanted[name])
    current.save()
    said = [name for name in ("capacity", "is_active") if name in old]
    words = [name for name in old if name not in said]
    new = {name: wanted[name] for name in said} | ({"changed": words} if words else {})
    record("resource.changed", current, by=by, old={name: old[name] for name in said}, new=new)
    return current


def _require_seats(resource: Resource, seats: int) -> None:
    """No fewer than a session there has, or a series makes."""
    there = {"school_id": resource.school_id, "resource_id": resource.pk}
    rows = (Session.objects.filter(**there), Series.objects.filter(**there))
    most = max(1, *(found.aggregate(most=Max("capacity"))["most"] or 0 for found in rows))
    if seats < most:
        raise InputRefused.of("capacity", _("A session there has %s seats: give it fewer first.") % most)


@transaction.atomic
def set_travel(one: Resource, other: Resource, *, minutes: int | None, by: Actor) -> None:
    """How long it takes between two venues, either way, instead of the policy's travel_minutes; None: that again.

    Locks: both venues, in id order. Raises: InputRefused.
    """
    if one.pk == other.pk or {one.kind, other.kind} != {ResourceKind.VENUE}:
        raise InputRefused.of("to", _("Name two different venues."))
    if minutes is not None and not 0 <= minutes <= MOST_TRAVEL:
        raise InputRefused.of("minutes", _("Give 0 to %s minutes.") % MOST_TRAVEL)
    first, second = sorted((one, other), key=lambda place: place.pk)
    places = Resource.objects.filter(school_id=one.school_id, id__in=(first.pk, second.pk))
    list(places.select_for_update(no_key=True).order_by("id"))
    own = Travel.objects.filter(school_id=one.school_id, one_id=first.pk, other_id=second.pk)
    old = own.values_list("minutes", flat=True).first()
    if minutes == old:
        return
    if minutes is None:
        own.delete()
    elif not own.update(minutes=minutes, updated_at=now()):
        Travel(school_id=one.school_id, one=first, other=second, minutes=minutes).save(force_insert=True)
    record(
        "travel.set",
        one,
        by=by,
        old={"other": str(other.pk), "minutes": old},
        new={"other": str(other.pk), "minutes": minutes},
    )
