"""Everything that changes the timetable and takes no seat. Sessions come and go in `bookings.sessions`."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.catalogue.models import ResourceKind
from schoolbell.diary.models import Diary
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Travel

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
def set_in_use(resource: Resource, *, is_active: bool, by: Actor) -> Resource:
    """Whether new lessons may be put there; those on the timetable stay. Changing nothing records nothing."""
    current = Resource.objects.select_for_update(no_key=True).get(school_id=resource.school_id, id=resource.pk)
    if current.is_active != is_active:
        current.is_active = is_active
        current.save()
        record("resource.changed", current, by=by, old={"is_active": not is_active}, new={"is_active": is_active})
    return current


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
