"""A changed cell changes that thing, and nothing else; what cannot be changed by a file is refused by line."""

from dataclasses import replace

import pytest

from factories import (
    OWNER,
    at,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_school,
    new_session,
    new_student,
    order_of,
)
from importing.files import bad, cells, counts, everything_holds, exported, sheet, take_in_one
from schoolbell.billing.ledger import balance
from schoolbell.billing.models import Payment, PaymentRequest
from schoolbell.billing.products import order_products
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.catalogue.models import Course, Product, Qualification
from schoolbell.diary.closures import add_closure
from schoolbell.diary.models import Claim, OpeningHours
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Client, Guardianship, Instructor, Person, Student
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.timetable.models import Session, Slot

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(db):
    return new_school(timezone="Europe/London", currency="GBP")


def fine(done):
    assert (done.refused, bad(done)) == ("", [])
    return counts(done)


class TestWhatIdentifies:
    def test_a_course_goes_by_its_name_or_by_its_key(self, school):
        row = {"name": "Piano", "duration_minutes": "45", "price": "20"}
        assert fine(take_in_one(school, sheet(row))) == {"course": {"added": 1}}
        assert fine(take_in_one(school, sheet(row | {"name": " piano "}))) == {"course": {"changed": 1}}
        assert fine(take_in_one(school, sheet(row | {"key": "p"}))) == {"course": {"changed": 1}}  # takes the key
        assert fine(take_in_one(school, sheet(row | {"key": "p", "name": "Grand piano"}))) == {"course": {"changed": 1}}
        assert fine(take_in_one(school, sheet(row | {"key": "q", "name": "Grand piano"}))) == {"course": {"added": 1}}
        done = take_in_one(school, sheet(row | {"name": "Grand piano"}))
        assert bad(done) == ["line 2, key: several go by “Grand piano”; tell them apart by their keys"]
        assert Course.objects.of(school).count() == 2

    def test_what_was_made_in_the_office_goes_by_its_id(self, school):
        course = new_course(school, name="Piano")
        row = {"key": str(course.pk), "name": "Cello", "duration_minutes": "60"}
        assert fine(take_in_one(school, sheet(row))) == {"course": {"changed": 1}}
        assert Course.objects.of(school).get().name == "Cello"

    def test_an_instructor_goes_by_their_address(self, school):
        row = {"first_name": "Ada", "last_name": "Okafor", "email": "ada@example.org", "about": "Patient"}
        assert fine(take_in_one(school, sheet(row))) == {"instructor": {"added": 1}}
        married = row | {"last_name": "Birch", "email": "ADA@example.org"}
        assert fine(take_in_one(school, sheet(married))) == {"instructor": {"changed": 1}}
        namesake = row | {"last_name": "Birch", "email": "other@example.org"}
        assert fine(take_in_one(school, sheet(namesake))) == {"instructor": {"added": 1}}

    def test_a_student_goes_by_their_name_and_twice_the_same_is_one(self, school):
        row = {"first_name": "Emma", "last_name": "Marsh", "birth_date": "2016-05-12", "relationship": "self"}
        assert fine(take_in_one(school, sheet(row, row))) == {
            "student": {"added": 1}, "guardianship": {"added": 1}
        }  # fmt: skip
        done = take_in_one(school, sheet(row, row | {"birth_date": "2012-01-01"}))
        assert bad(done) == ["line 3, birth_date: says otherwise than line 2"]
        keyed = [row | {"key": "a"}, row | {"key": "b", "birth_date": "2012-01-01"}]
        assert fine(take_in_one(school, sheet(*keyed)))["student"] == {"changed": 1, "added": 1}
        assert Student.objects.of(school).count() == 2

    def test_a_key_is_not_given_to_a_namesake_born_on_another_day(self, school):
        new_student(school, "Emma Marsh", birth_date=None)
        Person.objects.of(school).update(birth_date="2016-05-12")
        row = {
            "key": "a",
            "first_name": "Emma",
            "last_name": "Marsh",
            "birth_date": "2012-01-01",
            "relationship": "self",
        }
        assert fine(take_in_one(school, sheet(row)))["student"] == {"added": 1}


class TestPeople:
    def test_hours_and_courses_are_as_the_cell_says_and_an_empty_cell_says_nothing(self, school):
        for name in ("Piano", "Cello"):
            new_course(school, name=name)
        row = {"first_name": "Ada", "timezone": "UTC", "courses": "Piano; Cello (5)", "opening_hours": "Mon 9:00-24:00"}
        fine(take_in_one(school, sheet(row)))
        assert fine(take_in_one(school, sheet(row))) == {"instructor": {"unchanged": 1}}
        assert fine(take_in_one(school, sheet(row | {"courses": "", "opening_hours": ""}))) == {
            "instructor": {"unchanged": 1}
        }
        other = row | {"courses": "Cello (4)", "opening_hours": "Mon 10:00-12:00; 2026-12-24 09:00-10:00"}
        assert fine(take_in_one(school, sheet(other))) == {"instructor": {"changed": 1}}
        assert list(Qualification.objects.of(school).values_list("course__name", "proficiency")) == [("Cello", 4)]
        hours = OpeningHours.objects.of(school).order_by("starts").values_list("weekday", "starts", "ends")
        assert [(day, f"{starts:%H:%M}", f"{ends:%H:%M}") for day, starts, ends in hours] == [
            (None, "09:00", "10:00"),
            (1, "10:00", "12:00"),
        ]

    def test_an_empty_cell_of_text_empties_it_and_a_missing_column_does_not(self, school):
        row = {"first_name": "Ada", "phone": "0161 496 0123", "about": "Patient"}
        fine(take_in_one(school, sheet(row)))
        fine(take_in_one(school, sheet({"first_name": "Ada", "about": ""})))
        assert Instructor.objects.of(school).values_list("about", "person__phone").get() == ("", "0161 496 0123")

    def test_another_client_becomes_the_first(self, school):
        mum = new_client(school, "Mum One")
        new_student(school, "Emma Marsh", guardian=mum)
        row = {"first_name": "Emma", "last_name": "Marsh", "client_first_name": "Dad", "relationship": "father",
               "is_primary": "yes", "is_billing": "no"}  # fmt: skip
        assert fine(take_in_one(school, sheet(row)))["guardianship"] == {"added": 1}
        bonds = Guardianship.objects.of(school).order_by("id")
        assert list(bonds.values_list("client__person__first_name", "is_primary", "is_billing")) == [
            ("Mum", False, True),
            ("Dad", True, False),
        ]
        everybody = [row, row | {"client_first_name": "Gran"}]
        assert bad(take_in_one(school, sheet(*everybody))) == [
            "line 3, is_primary: is yes on line 2 already; only one of those who answer for a student can be it"
        ]

    def test_a_student_without_a_client_is_their_own(self, school):
        fine(
            take_in_one(
                school, sheet({"first_name": "Ann", "skill_level": ""}, {"first_name": "Bob", "skill_level": ""})
            )
        )
        assert Client.objects.of(school).count() == 2
        assert set(Guardianship.objects.of(school).values_list("relationship", flat=True)) == {"self"}


@pytest.fixture
def booked(school):
    """A lesson of Emma's, confirmed at 45.00, nothing paid; the line that says so."""
    new_course(school, name="Piano", tax_rate=2000)
    new_student(school, "Emma Marsh")
    fine(take_in_one(school, sheet({"first_name": "Ada", "about": ""}, {"first_name": "Tom", "about": ""})))
    day = f"{at(30):%Y-%m-%d}"
    row = {"session": "a", "course": "Piano", "starts_at": f"{day} 10:00", "ends_at": f"{day} 11:00",
           "timezone": "Europe/London", "instructors": "Ada", "session_status": "published", "capacity": "3",
           "student": "Emma Marsh", "booking_status": "confirmed", "paid": "", "kept": ""}  # fmt: skip
    assert fine(take_in_one(school, sheet(row))) == {"session": {"added": 1}, "booking": {"added": 1}}
    return row


class TestTimetable:
    def changed(self, school, row, **cells):
        done = take_in_one(school, sheet(row | cells))
        if not done.is_refused:
            everything_holds()
            again = take_in_one(school, sheet(row | cells))
            assert (bad(again), again.changes) == ([], [])
        return done

    def test_a_session_that_moves_takes_its_people_along(self, school, booked):
        later = {
            name: booked[name].replace("10:00", "14:00").replace("11:00", "15:00") for name in ("starts_at", "ends_at")
        }
        assert fine(self.changed(school, booked, **later, instructors="Tom")) == {
            "session": {"changed": 1}, "booking": {"unchanged": 1}
        }  # fmt: skip
        claims = Claim.objects.of(school)
        assert {claim.during.lower.hour for claim in claims} == {14}
        people = Person.objects.of(school).filter(diary__claims__isnull=False)
        assert set(people.values_list("first_name", flat=True)) == {"Emma", "Tom"}

    def test_a_class_over_a_lesson_takes_the_time_once_the_file_takes_the_lesson_away(self, school, booked):
        emma, lesson = Student.objects.of(school).get(), Session.objects.of(school).get()
        over = new_session(new_course(school, name="Choir"), hour_at(40))
        buy_seat(over, emma)
        (there,) = as_it_is([Session.objects.select_related("course__school", "resource").get(id=over.pk)])
        during = Stretch(lesson.starts_at, lesson.ends_at)
        move_sessions([replace(there, slots=(during,))], by=OWNER, waive_students=True)
        later = {name: booked[name].replace(":00", ":30") for name in ("starts_at", "ends_at")}
        fine(self.changed(school, booked, **later))
        claims = Claim.objects.of(school).filter(diary_id=emma.person.diary_id)
        assert {(one.waived, one.during.lower.minute) for one in claims} == {(True, 0), (False, 30)}
        fine(self.changed(school, booked, **later, booking_status="cancelled"))
        assert [one.waived for one in claims.all()] == [False]

    def test_money_that_came_in_meanwhile_is_added_and_none_is_taken_back(self, school, booked):
        assert fine(self.changed(school, booked, paid="20"))["booking"] == {"changed": 1}
        assert fine(self.changed(school, booked, paid="20; 25.00", paid_with="transfer; cash"))["booking"] == {
            "changed": 1
        }
        assert list(Payment.objects.of(school).order_by("id").values_list("amount", "method")) == [
            (2000, "transfer"),
            (2500, "cash"),
        ]
        booking = Booking.objects.of(school).get()
        assert (booking.payment_status, PaymentRequest.objects.get(order=order_of(booking)).status) == (
            "paid",
            "confirmed",
        )
        assert balance("client", school_id=school.pk) == 0
        assert bad(self.changed(school, booked, paid="20")) == [
            "line 2, paid: is less than what came in already; give money back in the office, not by a file"
        ]

    def test_a_cancelled_booking_gives_back_its_seat_its_time_and_the_money(self, school, booked):
        fine(self.changed(school, booked, paid="45"))
        assert fine(self.changed(school, booked, paid="45", booking_status="cancelled", kept="9"))["booking"] == {
            "changed": 1
        }
        assert Slot.objects.of(school).get().seats_taken == 0
        assert not Attendance.objects.of(school).get().is_live
        assert balance("client", school_id=school.pk) == 4500 - 900
        assert (balance("sales", school_id=school.pk), balance("tax", school_id=school.pk)) == (750, 150)
        assert Claim.objects.of(school).count() == 1  # the instructor's
        assert bad(self.changed(school, booked, paid="45", booking_status="confirmed")) == []  # booked again
        assert Booking.objects.of(school).count() == 2

    def test_a_session_is_cancelled_with_its_bookings(self, school, booked):
        assert bad(self.changed(school, booked, session_status="cancelled")) == [
            "line 2, booking_status: is not over, though its session is cancelled"
        ]
        alone = {name: value for name, value in booked.items() if name not in ("student", "booking_status")}
        assert bad(self.changed(school, alone, session_status="cancelled")) == [
            "line 2, session_status: cannot be cancelled: it has bookings that are not in this file"
        ]
        fine(self.changed(school, booked, session_status="cancelled", booking_status="cancelled"))
        assert Claim.objects.of(school).count() == 0
        assert bad(self.changed(school, booked)) == ["line 2, session_status: cannot become published: it is cancelled"]

    @pytest.mark.parametrize(
        ("cells", "told"),
        [
            ({"price": "40"}, "price: is settled already; a file cannot change it"),
            ({"booking_status": "expired"}, "booking_status: cannot become expired: the booking is confirmed"),
            ({"capacity": "0"}, "capacity: 0 is not between 1 and 32767"),
            ({"course": "Cello"}, "course: cannot be changed any more: the session has bookings"),
            ({"kept": "5"}, "kept: is for bookings that are cancelled"),
            ({"held_until": "2026-12-01 10:00"}, "held_until: is for bookings that are pending"),
            ({"student": ""}, "booking_status: is filled, but the line names no student"),
        ],
    )  # fmt: skip
    def test_what_a_file_cannot_change(self, school, booked, cells, told):
        new_course(school, name="Cello")
        assert bad(self.changed(school, booked, **cells)) == [f"line 2, {told}"]

    def test_nothing_goes_because_a_file_does_not_speak_of_it(self, school, booked, rows):
        new_student(school, "Jack Marsh")
        before = rows()
        fine(take_in_one(school, sheet(booked | {"student": "Jack Marsh"})))
        assert all(number >= before[table] for table, number in rows().items())
        assert Booking.objects.of(school).filter(status="confirmed").count() == 2

    def test_nobody_is_sent_a_message_and_everything_is_on_record(self, school, booked):
        assert Outbox.objects.of(school).count() == 0
        names = Record.objects.of(school).values_list("name", flat=True)
        assert {"session.created", "booking.created", "instructor.added"} <= set(names)

    def test_a_pending_booking_is_held_and_may_be_confirmed(self, school, booked):
        held = booked | {"session": "b", "starts_at": booked["starts_at"].replace("10", "12"),
                         "ends_at": booked["ends_at"].replace("11", "13"), "booking_status": "pending"}  # fmt: skip
        fine(take_in_one(school, sheet(held)))
        booking = Booking.objects.of(school).get(status="pending")
        assert (booking.due_to_confirm, booking.hold_expires_at is not None) == (4500, True)
        assert cells(exported(school)["timetable.csv"])[1]["held_until"]
        assert bad(take_in_one(school, sheet(held | {"paid": "45"}))) == [
            "line 2, paid: is enough to confirm the booking; it cannot be pending"
        ]
        assert bad(self.changed(school, held, paid="45", booking_status="confirmed")) == []
        booking.refresh_from_db()
        assert (booking.status, booking.hold_expires_at, booking.payment_status) == ("confirmed", None, "paid")

    def test_two_alike_without_keys_are_one_session_and_a_second_trial_is_refused(self, school):
        new_course(school, name="Piano", trial_price=500)
        new_student(school, "Emma Marsh")
        day = f"{at(30):%Y-%m-%d}"
        row = {"course": "Piano", "starts_at": f"{day}T10:00:00Z", "ends_at": f"{day}T11:00:00Z",
               "student": "Emma Marsh", "booking_type": "trial"}  # fmt: skip
        assert fine(take_in_one(school, sheet(row, row))) == {"session": {"added": 1}, "booking": {"added": 1}}
        assert Booking.objects.of(school).get().price == 500
        other = row | {"starts_at": f"{day}T12:00:00Z", "ends_at": f"{day}T13:00:00Z"}
        assert bad(take_in_one(school, sheet(row, other))) == [
            "line 3, booking_type: is a second trial of this course by this student"
        ]
        assert Session.objects.of(school).count() == 1


def test_a_product_changes_for_orders_to_come_and_what_is_wrong_is_named(school):
    clara = new_client(school)
    row = {"key": "clay", "product": "Clay", "price": "12.50", "tax_percent": "20"}
    assert fine(take_in_one(school, sheet(row))) == {"product": {"added": 1}}
    clay = Product.objects.of(school).get()
    assert (clay.name, clay.price, clay.tax_rate, clay.is_active) == ("Clay", 1250, 2000, True)
    placed = order_products(
        [ProductWish(clay, 2)], school=school, student=new_student(school, guardian=clara), client=clara,
        pay_with=None, by=OWNER,
    )  # fmt: skip
    changed = row | {"product": "Stoneware", "price": "14", "is_active": "no"}
    assert fine(take_in_one(school, sheet(changed))) == {"product": {"changed": 1}}
    assert fine(take_in_one(school, sheet(changed))) == {"product": {"unchanged": 1}}
    clay.refresh_from_db()
    assert (clay.name, clay.price, clay.is_active) == ("Stoneware", 1400, False)
    assert placed.product_lines.get().total == 2500
    assert [one.name for one in Record.objects.of(school).filter(subject_id=clay.pk).order_by("id")] == [
        "product.added",
        "product.changed",
    ]
    free = take_in_one(school, sheet({"product": "Air", "price": "0"}, {"product": "Wire"}, {"price": "3"}))
    assert bad(free) == [
        "line 2, price: is nothing; a product costs something",
        "line 3, price: is empty; say what it costs",
        "line 4, product: is empty; give the product a name",
    ]
    everything_holds()


def test_lessons_to_come_on_a_closed_day_are_taken_in_and_told(school):
    new_course(school, name="Piano")
    day = at(30).date()
    add_closure(school, day, day, "Storm", by=OWNER)
    file = sheet(
        {"course": "Piano", "starts_at": f"{day} 09:00", "ends_at": f"{day} 10:00", "timezone": "Europe/London"},
        {"course": "Piano", "starts_at": "2020-12-25 09:00Z", "ends_at": "2020-12-25 10:00Z", "timezone": ""},
    )
    done = take_in_one(school, file)
    assert fine(done) == {"session": {"added": 2}}
    assert done.notes == ["The school is closed at times that the file speaks of: line 2. They stand all the same."]
    assert take_in_one(school, file).notes == []
    assert Session.objects.of(school).filter(despite_closed=False).count() == 2
