"""The five schools of the demo: as large as they would be, the same each time, and without a rule broken."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Count, F, Min, Q

import schoolbell.demo
from databases import django_on
from schoolbell.access.models import ApiToken, KeptAnswer, Staff
from schoolbell.accounts.models import User
from schoolbell.billing.models import Order, Payment, ProductLine
from schoolbell.bookings.models import Booking, Enrollment, Seating
from schoolbell.catalogue.models import Course, Product
from schoolbell.demo import FILLERS, fill
from schoolbell.diary.models import HolidayRegion, TimeOff
from schoolbell.diary.outside import fetch_due_calendars
from schoolbell.importing.models import OwnKey, Upload
from schoolbell.kit.checks import broken
from schoolbell.kit.sealed import SealedField
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Client, Instructor, Person, Student
from schoolbell.planning.every_week import every_week, weekly_seen_by
from schoolbell.planning.free_times import free_times
from schoolbell.planning.generation import extend_school
from schoolbell.planning.models import Placement, Proposal, SubstituteRequest
from schoolbell.planning.proposals import accept_proposal
from schoolbell.planning.seating import seat_school
from schoolbell.planning.substitute_requests import waiting
from schoolbell.schools.actor import SYSTEM, Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolModel
from schoolbell.timetable.models import Resource, Session, Slot

TODAY = dt.date(2026, 11, 20)
# Days that plans stumble over: when clocks change in New York, Berlin and London, or Sydney, and some others.
DAYS = [
    dt.date(2026, 11, 22),  # a Sunday
    dt.date(2028, 2, 29),
    dt.date(2026, 12, 31),
    dt.date(2027, 1, 1),
    dt.date(2027, 3, 14),  # New York, forward
    dt.date(2026, 11, 1),  # New York, back
    dt.date(2027, 3, 28),  # Europe, forward
    dt.date(2026, 10, 25),  # Europe, back
    dt.date(2026, 10, 4),  # Sydney, forward
    dt.date(2027, 4, 4),  # Sydney, back
]
OF_A_SCHOOL = [model for model in apps.get_models() if issubclass(model, SchoolModel)]
RULES = [
    check
    for path in sorted(Path(schoolbell.demo.__file__).parents[1].glob("*/checks.py"))
    for check in getattr(import_module(f"schoolbell.{path.parent.name}.checks"), "CHECKS", ())
]
quietly = partial(fill, progress=lambda _sentence: None)


def test_the_rules_were_found() -> None:
    assert len(RULES) >= 20


def broken_rules() -> list[tuple[str, object]]:
    return [(check.rule, row) for check in RULES for row in broken(check)]


def digests() -> dict[str, tuple[object, ...]]:
    """Of every table of the schools, of the schools and of their users: how many rows, and a digest of them all."""
    found: dict[str, tuple[object, ...]] = {}
    with connection.cursor() as cursor:
        for model in (*OF_A_SCHOOL, School, User):
            # What is sealed or salted looks different each time.
            fields = (field for field in model._meta.concrete_fields if not isinstance(field, SealedField))
            columns = ", ".join(f'"{field.column}"' for field in fields if field.column != "password")
            cursor.execute(
                f"SELECT count(*), md5(string_agg(md5(ROW({columns})::text), '' ORDER BY id)) "
                f'FROM "{model._meta.db_table}"'
            )
            found[model._meta.label] = cursor.fetchone()
    return found


@pytest.fixture(scope="class")
def whole(databases: object, django_db_setup: None, django_db_blocker: object) -> Iterator[dict[str, School]]:
    """The schools at full size, on a database of their own."""
    url = databases.new()
    with django_db_blocker.unblock(), django_on(url), time_machine.travel(dt.datetime(2026, 11, 20, 9, tzinfo=UTC)):
        quietly(TODAY)
        yield {school.slug: school for school in School.objects.all()}
    databases.drop(url)


# What the demo shows nothing of, and why.
EMPTY = {
    ApiToken: "a token is shown once, to whoever asks for it",
    KeptAnswer: "an answer is kept for a program that asks twice within two days",
    OwnKey: "of rows that came from a school's own file",
    Upload: "a file that somebody is about to bring in",
}


class TestWhole:
    def test_there_is_something_of_everything_that_a_school_has(self, whole: dict[str, School]) -> None:
        assert {model for model in OF_A_SCHOOL if not model.objects.exists()} == set(EMPTY)
        with_holidays = HolidayRegion.objects.order_by("country").values_list("country", flat=True)
        assert list(with_holidays) == ["AU", "DE", "GB", "IN", "US"]
        assert TimeOff.objects.filter(status="requested").values("school_id").distinct().count() == 5
        bought = ProductLine.objects.filter(order__client__person__user__email="my@courses.example.org")
        assert set(bought.values_list("status", flat=True)) >= {"ordered", "paid", "handed_over"}
        owners = Person.objects.filter(user_id__in=Staff.objects.values("user_id"))
        assert owners.exclude(first_name="").values("school_id").distinct().count() == 5

    def test_the_proposed_timetable_can_be_accepted_as_it_is(self, whole: dict[str, School]) -> None:
        proposal = Proposal.objects.of(whole["coding"]).get()
        wanted = {one.request_id: one for one in Placement.objects.filter(proposal_id=proposal.pk)}
        assert (proposal.asked, proposal.placed, len(wanted)) == (6, 5, 6)
        with transaction.atomic():
            enrollments = accept_proposal(proposal, by=SYSTEM)
            assert len(enrollments) == 5
            assert broken_rules() == []
            transaction.set_rollback(True)

    def test_the_worker_adds_nothing_to_what_repeats(self, whole: dict[str, School]) -> None:
        with transaction.atomic():
            assert extend_school(whole["coding"]).added == 0
            assert fetch_due_calendars() == 0
            transaction.set_rollback(True)

    def test_some_children_have_a_seat_in_a_club_every_week(self, whole: dict[str, School]) -> None:
        coding = whole["coding"]
        enrolled = Enrollment.objects.of(coding).filter(in_class=True).order_by("series_id", "id")
        assert [(one.course.name, one.away_from, one.away_until) for one in enrolled] == [
            *[("Saturday Robotics Club", None, None)] * 2,
            ("Saturday Robotics Club", dt.date(2026, 11, 29), dt.date(2026, 12, 20)),
            *[("Game Jam Club", None, None)] * 2,
        ]
        assert set(Seating.objects.of(coding).values_list("reason", flat=True)) >= {"", "full"}
        cancelled = Booking.objects.of(coding).filter(enrollment__in_class=True, status="cancelled")
        assert {one.student_id for one in cancelled} == {enrolled[2].student_id}
        with transaction.atomic():
            assert seat_school(coding) == 0
            transaction.set_rollback(True)

    def test_the_parent_who_can_sign_in_has_something_every_week(self, whole: dict[str, School]) -> None:
        parent = Person.objects.get(user__email="my@coding.example.org")
        parents = Actor(Role.CLIENT, person_id=parent.pk)
        found = every_week(list(weekly_seen_by(parents, whole["coding"])))
        assert any(one.enrollment.in_class for one in found)
        assert all(one.next_booking for one in found)

    def test_every_rule_holds(self, whole: dict[str, School]) -> None:
        assert broken_rules() == []

    def test_they_are_as_large_as_they_would_be(self, whole: dict[str, School]) -> None:
        def count(slug: str, model: type, **where: object) -> int:
            return model.objects.of(whole[slug]).filter(**where).count()

        assert sorted(whole) == sorted(FILLERS)
        assert (count("coding", Client), count("coding", Instructor)) == (120, 15)
        assert count("coding", Session, on_demand=True) > 2800
        assert count("coding", Enrollment, type="trial") > 60
        assert (count("coaching", Instructor), whole["coaching"].currency) == (8, "EUR")
        assert count("coaching", Session, on_demand=False) > 2500
        assert (count("courses", Course), count("courses", Product), count("courses", ProductLine)) == (12, 6, 74)
        buyers = Order.objects.of(whole["courses"]).values("client_id").distinct().count()
        assert (count("courses", Client), buyers) == (300, 300)
        assert (count("driving", Student), count("driving", Instructor)) == (80, 2)
        assert (count("first-aid", Resource), count("first-aid", Course)) == (6, 3)
        assert 850 <= count("first-aid", Booking) <= 1000
        assert (count("first-aid", Product), count("first-aid", ProductLine)) == (3, 14)
        for slug in ("courses", "first-aid"):
            together = ProductLine.objects.of(whole[slug]).filter(order__lines__isnull=False)
            assert together.values("order_id").distinct().count() == 14
            assert set(together.values_list("status", flat=True)) >= {"ordered", "paid", "handed_over"}

    def test_the_driving_school_gives_five_hundred_lessons_a_month(self, whole: dict[str, School]) -> None:
        for month in (6, 7, 8, 9, 10):
            first, last = dt.datetime(2026, month, 1, tzinfo=UTC), dt.datetime(2026, month + 1, 1, tzinfo=UTC)
            lessons = Session.objects.of(whole["driving"]).filter(starts_at__gte=first, starts_at__lt=last).count()
            assert 450 <= lessons <= 550, month

    def test_no_driving_instructor_works_longer_than_agreed(self, whole: dict[str, School]) -> None:
        minutes: dict[tuple[object, object], int] = {}
        lessons = Session.objects.of(whole["driving"]).exclude(status="cancelled").prefetch_related("staffing")
        for lesson in lessons:
            week = lesson.starts_at.astimezone(whole["driving"].zone).isocalendar()[:2]
            key = (lesson.staffing.all()[0].instructor_id, week)
            minutes[key] = minutes.get(key, 0) + Stretch(lesson.starts_at, lesson.ends_at).minutes
        assert max(minutes.values()) <= 60 * 60

    def test_every_school_has_lessons_half_a_year_back_and_a_quarter_ahead(self, whole: dict[str, School]) -> None:
        for school in whole.values():
            starts = Session.objects.of(school).values_list("starts_at", flat=True).order_by("starts_at")
            assert starts[0].date() < TODAY - dt.timedelta(weeks=24), school.slug
            assert starts.last().date() > TODAY + dt.timedelta(weeks=9), school.slug

    def test_what_becomes_of_bookings_is_there(self, whole: dict[str, School]) -> None:
        for slug, school in whole.items():
            states = dict(Booking.objects.of(school).values_list("status").annotate(Count("id")))
            assert set(states) == {"pending", "expired", "completed", "confirmed", "cancelled", "no_show"}, slug
            owed = set(Booking.objects.of(school).filter(status="cancelled").values_list("owed_percent", flat=True))
            assert owed == ({60, 100} if slug == "driving" else {0, 100}), slug

    def test_some_seats_are_named_later_and_some_lessons_want_a_substitute(self, whole: dict[str, School]) -> None:
        unnamed = Booking.objects.of(whole["first-aid"]).filter(student__person__is_placeholder=True)
        assert [(one.status, one.notes[:10]) for one in unnamed] == [("confirmed", "Two from t")] * 2
        held = Booking.objects.of(whole["coaching"]).filter(status="pending")
        assert [(one.session.course.name, one.session.capacity) for one in held] == [("Career Session", 1)] * 4
        asked = waiting(SubstituteRequest.objects.all())
        assert sorted(asked.values_list("school__slug", flat=True)) == ["coding", "driving"]

    def test_past_and_future_are_told_apart(self, whole: dict[str, School]) -> None:
        midnight = dt.datetime(2026, 11, 20, tzinfo=UTC)
        live = Booking.objects.filter(status__in=("pending", "confirmed"))
        assert not live.filter(session__ends_at__lte=midnight).exists()
        done = Booking.objects.filter(status__in=("completed", "no_show"))
        assert not done.filter(session__starts_at__gt=midnight).exists()
        assert not Booking.objects.filter(created_at__gte=midnight).exists()
        assert not Payment.objects.filter(created_at__gte=midnight).exists()
        assert not Booking.objects.filter(created_at__gte=F("session__starts_at")).exists()

    def test_open_holds_last_the_day(self, whole: dict[str, School]) -> None:
        tomorrow = dt.datetime(2026, 11, 21, tzinfo=UTC)
        assert not Booking.objects.filter(status="pending", hold_expires_at__lt=tomorrow).exists()

    @pytest.mark.parametrize("slug", ["courses", "first-aid", "coding"])
    def test_what_is_to_come_is_full_nearly_full_and_open(self, whole: dict[str, School], slug: str) -> None:
        coming = Session.objects.of(whole[slug]).filter(
            status="published", on_demand=False, starts_at__gt=dt.datetime(2026, 11, 20, 9, tzinfo=UTC)
        )
        left = set(
            Slot.objects.of(whole[slug])
            .filter(session_id__in=coming.values("id"))
            .values("session_id")
            .annotate(left=Min(F("capacity") - F("seats_taken")))
            .values_list("left", flat=True)
        )
        assert {0, 1} <= left
        assert max(left) >= 4

    @pytest.mark.parametrize("slug", FILLERS)
    def test_something_is_free_next_week(self, whole: dict[str, School], slug: str) -> None:
        school = whole[slug]
        monday = dt.datetime(2026, 11, 23, tzinfo=UTC)
        week = Stretch(monday, monday + dt.timedelta(days=7))
        courses = Course.objects.of(school)
        for course in courses:
            course.school = school
        assert sum(len(free_times(school, course, week)) for course in courses) >= 2

    def test_mail_and_telephones_reach_nobody(self, whole: dict[str, School]) -> None:
        people = Person.objects.exclude(email="")
        assert not people.exclude(Q(email__endswith="example.org") | Q(email__endswith="example.com")).exists()
        fiction = (
            r"^(\+1\d{3}55501\d\d|\+447700900\d{3}|\+612(5550|7010)\d{4}|\+49(3023125|4066969|8999998|6990009)\d{3})$"
        )
        assert not Person.objects.exclude(phone="").exclude(phone__regex=fiction).exists()


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_rule_holds_whatever_day_it_is(db: None, today: dt.date) -> None:
    with time_machine.travel(dt.datetime.combine(today, dt.time(9), UTC)):
        for slug, make in FILLERS.items():
            school = make(today, progress=lambda _sentence: None, scale=0.05)
            assert Session.objects.of(school).filter(starts_at__gt=dt.datetime.now(UTC)).exists(), slug
            assert Booking.objects.of(school).filter(status="completed").exists(), slug
            holds = Booking.objects.of(school).filter(status="pending")
            assert not holds.filter(hold_expires_at__lt=dt.datetime.now(UTC) + dt.timedelta(hours=15)).exists(), slug
        assert broken_rules() == []


def test_the_same_day_makes_the_same_schools_to_the_last_id(db: None) -> None:
    """At whatever hour they are made, and whatever was made before."""

    def made(today: dt.date, clock: dt.time) -> dict[str, tuple[object, ...]]:
        with transaction.atomic(), time_machine.travel(dt.datetime.combine(today, clock, UTC)):
            quietly(today, scale=0.05)
            found = digests()
            transaction.set_rollback(True)
        return found

    first = made(TODAY, dt.time(0, 5))
    assert made(TODAY, dt.time(23, 50)) == first


def test_another_day_makes_another_school(db: None) -> None:
    def made(today: dt.date) -> dict[str, tuple[object, ...]]:
        with transaction.atomic():
            FILLERS["coaching"](today, progress=lambda _sentence: None, scale=0.05)
            found = digests()
            transaction.set_rollback(True)
        return found

    first, second = made(TODAY), made(TODAY + dt.timedelta(days=1))
    assert [label for label, found in first.items() if found[0] and second[label] == found] == []


def test_schools_that_are_there_are_left_alone(db: None) -> None:
    said: list[str] = []
    assert fill(TODAY, progress=said.append, scale=0.05) == list(FILLERS)
    assert [sentence.split(" … ")[0] for sentence in said] == [f"Opening {slug}" for slug in FILLERS]
    rows = Booking.objects.count()
    assert fill(TODAY, progress=said.append, scale=0.05) == []
    assert (len(said), Booking.objects.count()) == (5, rows)
    assert School.objects.values("colour").distinct().count() == 5  # each has an accent of its own


def test_a_school_is_there_whole_or_not_at_all(db: None) -> None:
    def fail(_sentence: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(TODAY, progress=fail, scale=0.05)
    assert not School.objects.exists()
