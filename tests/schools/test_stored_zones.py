"""The rules of `schoolbell check` about time zones: whoever's clocks are nowhere is found."""

import pytest
from django.apps import apps
from django.db.models import Model

from damage import found
from schoolbell.diary.models import OpeningHours, OutsideCalendar
from schoolbell.kit.time import ZoneField
from schoolbell.people.models import Person
from schoolbell.planning.models import LessonRequest
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session
from schools.test_rows import a_row_of_everything

KEPT = {
    School: "A school's clocks are those of a time zone that IANA names.",
    Person: "A person's clocks are those of a time zone that IANA names.",
    OpeningHours: "Opening hours and outside calendars keep the clocks of a time zone that IANA names.",
    OutsideCalendar: "Opening hours and outside calendars keep the clocks of a time zone that IANA names.",
    Session: "Sessions and series keep the clocks of a time zone that IANA names.",
    Series: "Sessions and series keep the clocks of a time zone that IANA names.",
    LessonRequest: "When somebody can is said by clocks of a time zone that IANA names.",
}


def test_every_time_zone_is_looked_at() -> None:
    fields = {(field.model, field.name) for model in apps.get_models() for field in model._meta.local_fields
              if isinstance(field, ZoneField)}  # fmt: skip
    assert fields == {(model, "timezone") for model in KEPT}


@pytest.mark.parametrize("model", KEPT)
def test_clocks_that_are_nowhere_are_found(db: None, model: type[Model]) -> None:
    a_row_of_everything()
    before = found()
    row = model.objects.order_by("id").first()
    for name in ("Europe/Atlantis", "europe/london", "localtime", "Factory"):
        model.objects.filter(id=row.pk).update(timezone=name)
        assert [one for one in found() if one not in before] == [(KEPT[model], row.pk)]
    model.objects.filter(id=row.pk).update(timezone="Asia/Kolkata")
    assert found() == before
