"""Closures and public holidays, each of which can be kept open."""

import datetime as dt

import pytest
import time_machine

from factories import OWNER, new_school
from schoolbell.diary.closures import (
    add_closure,
    close_again,
    closed_stretches,
    closures_ahead,
    keep_open,
    remove_closure,
)
from schoolbell.diary.models import Closure, HolidayRegion
from schoolbell.diary.public_holidays import (
    countries,
    follow_holidays,
    renew_due_holidays,
    subdivisions,
    unfollow_holidays,
)
from schoolbell.diary.refusals import HolidayIsFollowed
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.kit.time import UTC, Stretch
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=UTC)
CHRISTMAS = dt.date(2026, 12, 25)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school(timezone="Europe/London")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def days(school: School, year: int, **which: object) -> list[tuple[str, str]]:
    rows = Closure.objects.of(school).filter(first_day__year=year, **which).order_by("first_day")
    return [(f"{row.first_day:%m-%d}", row.name) for row in rows]


def closed_days(school: School) -> int:
    year = Stretch(dt.datetime(2026, 12, 1, tzinfo=UTC), dt.datetime(2027, 1, 1, tzinfo=UTC))
    return sum(stretch.minutes for stretch in closed_stretches(school, year)) // (24 * 60)


class TestOwn:
    def test_a_closure_is_written_down_and_recorded(self, school: School):
        closure = add_closure(school, day("2026-12-21"), day("2026-12-23"), " Half term ", by=OWNER)
        assert list(closures_ahead(school, today=day("2026-12-23"))) == [closure]
        assert list(closures_ahead(school, today=day("2026-12-24"))) == []
        assert closure.name == "Half term"
        assert closed_days(school) == 3
        (record,) = Record.objects.of(school).filter(subject_id=closure.pk)
        assert (record.name, record.new) == ("closure.added", {"first_day": "2026-12-21", "last_day": "2026-12-23"})

    @pytest.mark.parametrize(
        ("first", "last", "name", "field"),
        [
            ("2026-12-21", "2026-12-20", "Half term", "last_day"),
            ("2026-12-21", "2027-12-22", "Half term", "last_day"),
            ("2026-12-21", "2026-12-21", "  ", "name"),
            ("2026-12-01", "2026-12-10", "Works", "first_day"),
            ("2026-12-12", "2026-12-12", "Works", "first_day"),
        ],
    )
    def test_nonsense_is_refused(self, school: School, first: str, last: str, name: str, field: str):
        add_closure(school, day("2026-12-10"), day("2026-12-12"), "Works", by=OWNER)
        with pytest.raises(InputRefused) as refused:
            add_closure(school, day(first), day(last), name, by=OWNER)
        assert list(refused.value.errors) == [field]
        assert Closure.objects.of(school).count() == 1

    def test_days_that_touch_those_of_another_and_those_of_another_school_are_no_overlap(self, school: School):
        add_closure(school, day("2026-12-10"), day("2026-12-12"), "Works", by=OWNER)
        add_closure(school, day("2026-12-13"), day("2026-12-14"), "More works", by=OWNER)
        add_closure(new_school(), day("2026-12-10"), day("2026-12-12"), "Works", by=OWNER)
        assert closed_days(school) == 5

    def test_it_can_be_kept_open_closed_again_and_removed(self, school: School):
        closure = add_closure(school, day("2026-12-10"), day("2026-12-12"), "Works", by=OWNER)
        kept = keep_open(closure, by=OWNER)
        assert (kept.kept_open_at, kept.kept_open_by, closed_days(school)) == (NOON, OWNER.who, 0)
        assert keep_open(closure, by=SYSTEM).kept_open_by == OWNER.who
        again = close_again(closure, by=OWNER)
        assert (again.kept_open_at, again.kept_open_by, closed_days(school)) == (None, None, 3)
        remove_closure(closure, by=OWNER)
        for act in (remove_closure, keep_open, close_again):
            with pytest.raises(NotFound):
                act(closure, by=OWNER)
        assert [row.name for row in Record.objects.of(school).filter(subject_id=closure.pk).order_by("id")] == [
            "closure.added",
            "closure.kept_open",
            "closure.closed_again",
            "closure.removed",
        ]


class TestHolidays:
    def test_those_of_a_region_are_written_down_for_three_years(self, school: School):
        follow_holidays(school, "GB", "SCT", by=OWNER)
        assert days(school, 2027) == [
            ("01-01", "New Year's Day"),
            ("01-02", "New Year Holiday"),
            ("01-04", "New Year Holiday (observed)"),
            ("03-26", "Good Friday"),
            ("05-03", "May Day"),
            ("05-31", "Spring Bank Holiday"),
            ("08-02", "Summer Bank Holiday"),
            ("11-30", "Saint Andrew's Day"),
            ("12-25", "Christmas Day"),
            ("12-26", "Boxing Day"),
            ("12-27", "Christmas Day (observed)"),
            ("12-28", "Boxing Day (observed)"),
        ]
        years = set(Closure.objects.of(school).values_list("first_day__year", flat=True))
        assert years == {2026, 2027, 2028}
        assert set(Closure.objects.of(school).values_list("holiday", flat=True)) == {"GB-SCT"}

    def test_following_again_writes_nothing_and_what_is_kept_open_stays_open(self, school: School):
        follow_holidays(school, "GB", "ENG", by=OWNER)
        keep_open(Closure.objects.of(school).get(first_day=CHRISTMAS), by=OWNER)
        before = list(Closure.objects.of(school).order_by("id").values())
        follow_holidays(school, "GB", "ENG", by=OWNER)
        assert list(Closure.objects.of(school).order_by("id").values()) == before
        assert Record.objects.of(school).filter(name="holidays.followed").count() == 1

    def test_another_region_takes_the_place_of_the_first_ahead_and_leaves_what_was(self, school: School):
        follow_holidays(school, "GB", "SCT", by=OWNER)
        own = add_closure(school, day("2026-12-21"), day("2026-12-23"), "Half term", by=OWNER)
        follow_holidays(school, "DE", "BY", by=OWNER)
        assert days(school, 2026, holiday="GB-SCT")[-1] == ("08-03", "Summer Bank Holiday")
        assert [name for at, name in days(school, 2026, holiday="DE-BY") if at > "12"] == [
            "Christmas Day",
            "Second Day of Christmas",
        ]
        assert own in Closure.objects.of(school)
        assert HolidayRegion.objects.of(school).get().code == "DE-BY"

    def test_names_are_in_the_schools_language_where_the_list_speaks_it(self, school: School):
        school.language = "de"
        school.save()
        follow_holidays(school, "DE", by=OWNER)
        assert dict(days(school, 2026))["12-25"] == "Erster Weihnachtstag"
        assert set(Closure.objects.of(school).values_list("holiday", flat=True)) == {"DE"}

    def test_they_are_not_followed_any_more(self, school: School):
        follow_holidays(school, "GB", by=OWNER)
        unfollow_holidays(school, by=OWNER)
        unfollow_holidays(school, by=OWNER)
        assert closed_days(school) == 0
        assert Closure.objects.of(school).filter(first_day__lt=NOON.date()).count() > 0
        assert HolidayRegion.objects.of(school).count() == 0
        assert Record.objects.of(school).filter(name="holidays.unfollowed").count() == 1

    @pytest.mark.parametrize(
        ("country", "subdivision", "field"),
        [
            ("XX", "", "country"),
            ("gb", "", "country"),
            ("United Kingdom", "", "country"),
            ("GB", "BY", "subdivision"),
            ("GB", "england", "subdivision"),
        ],
    )
    def test_a_country_or_region_that_is_not_known_is_refused(self, school: School, country, subdivision, field):
        with pytest.raises(InputRefused) as refused:
            follow_holidays(school, country, subdivision, by=OWNER)
        assert list(refused.value.errors) == [field]
        assert Closure.objects.of(school).count() == 0

    def test_one_is_not_removed_for_it_would_come_back(self, school: School):
        follow_holidays(school, "GB", by=OWNER)
        with pytest.raises(HolidayIsFollowed):
            remove_closure(Closure.objects.of(school).get(first_day=CHRISTMAS), by=OWNER)

    def test_the_worker_adds_the_next_year_and_repairs_what_is_not_as_the_list_has_it(self, school: School):
        follow_holidays(school, "GB", "ENG", by=OWNER)
        keep_open(Closure.objects.of(school).get(first_day=CHRISTMAS), by=OWNER)
        Closure.objects.of(school).filter(first_day=day("2026-12-26")).update(name="An older name")
        Closure(
            school=school,
            first_day=day("2027-03-03"),
            last_day=day("2027-03-03"),
            name="Not any more",
            holiday="GB-ENG",
        ).save(force_insert=True)
        HolidayRegion.objects.of(school).update(updated_at=NOON)
        assert renew_due_holidays() == 0
        with time_machine.travel(NOON + dt.timedelta(hours=21)):
            assert renew_due_holidays() == 1
            HolidayRegion.objects.of(school).update(updated_at=NOON)
        assert dict(days(school, 2026))["12-26"] == "Boxing Day"
        assert "03-03" not in dict(days(school, 2027))
        assert closed_days(school) == 2  # the 26th and its substitute on the 28th
        with time_machine.travel(dt.datetime(2027, 1, 1, 1, tzinfo=UTC)):
            assert renew_due_holidays() == 1
        assert len(days(school, 2029)) == 8

    def test_every_country_has_a_name_and_regions_are_told(self):
        assert countries()["GB"] == "United Kingdom"
        assert subdivisions("GB") == {"ENG": "England", "NIR": "Northern Ireland", "SCT": "Scotland", "WLS": "Wales"}
        assert subdivisions("nowhere") == {}
        assert all(len(code) == 2 for code in countries())
        assert all(len(code) <= 40 for country in countries() for code in subdivisions(country))
