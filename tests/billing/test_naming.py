"""A seat whose student is named later, and naming them."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from factories import (
    OWNER,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_lessons,
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
    slots_of,
)
from invariants import broken
from schoolbell.billing.checkout import Party, Wish, check_out
from schoolbell.billing.models import Allocation
from schoolbell.billing.naming import name_student
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.bookings.queries import named_later, students_seen_by
from schoolbell.bookings.refusals import (
    AgeNotAllowed,
    AlreadyBooked,
    LessonBegun,
    MustBeNamed,
    NamedAlready,
    NotThisClients,
    StudentNotActive,
    TransitionRefused,
)
from schoolbell.diary.models import Claim
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused, NotAllowed, NotFound
from schoolbell.people.actions import NamedLater, NewPerson, as_known, change_person, change_student
from schoolbell.people.models import Client, Person, Student
from schoolbell.people.queries import students_of
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db
KIM = NewPerson(first_name="Kim", last_name="Stone", birth_date=dt.date(1990, 5, 1))


def seat_for(client: Client, session: Session, *learners: Student | NewPerson | NamedLater) -> list[Booking]:
    """An order of seats; those of whom nothing is said are named later."""
    school = School.objects.get(id=session.school_id)
    session = Session.objects.select_related("course__school").get(id=session.pk)
    wish = Wish(school, session.course, session, slots_of(session))
    client = Client.objects.select_related("school", "person").get(id=client.pk)
    party = Party(client, learners or [NamedLater()], relationship="employer")
    order = check_out(wish, party, pay_with="desk", by=OWNER)
    rows = Booking.objects.filter(order_lines__order_id=order.pk)
    return list(rows.select_related("session__course__school", "student__person").order_by("id"))


@pytest.fixture
def acme(school: School) -> Client:
    return new_client(school, "Acme Works")


def test_seats_are_held_for_somebody_who_is_named_later(school: School, acme: Client):
    session = new_session(new_course(school, age_min=16))
    first, second = seat_for(acme, session, NamedLater(), NamedLater())
    assert {one.student.person.name for one in (first, second)} == {"Named later"}
    assert first.student_id != second.student_id
    assert slots_of(session)[0].seats_taken == 2
    assert named_later([first, second]) == {first.pk, second.pk}
    assert (first.status, first.price, order_of(first).total) == ("pending", 4500, 9000)
    assert broken(school) == {}


def test_who_is_named_later_is_in_no_list_of_students(school: School, acme: Client):
    (seat,) = seat_for(acme, new_session(new_course(school)))
    assert list(students_seen_by(OWNER, school)) == []
    assert students_of([acme]) == {acme.pk: []}
    with pytest.raises(InputRefused):
        change_person(seat.student.person, as_known(seat.student.person), by=OWNER)


def test_a_placeholder_tells_nothing_and_everybody_else_has_a_name(school: School, acme: Client):
    (seat,) = seat_for(acme, new_session(new_course(school)))
    person = Person.objects.filter(id=seat.student.person_id)
    for told in ({"birth_date": dt.date(1990, 1, 1)}, {"first_name": "A"}, {"email": "a@example.org"}):
        with pytest.raises(IntegrityError, match="person_placeholder_is_blank"), transaction.atomic():
            person.update(**told)
    with pytest.raises(IntegrityError, match="person_has_a_name"), transaction.atomic():
        person.update(is_placeholder=False)


@pytest.mark.parametrize("trial", [True, False])
def test_lessons_and_trials_are_not_booked_for_nobody(school: School, acme: Client, rows, trial: bool):
    course = new_course(school, trial_price=0) if trial else new_lessons(school)
    wish = Wish(school, course, starts_at=hour_at(10).starts_at)
    if trial:
        session = Session.objects.select_related("course__school").get(id=new_session(course).pk)
        wish = Wish(school, course, session, slots_of(session), trial=True)
    before = rows()
    with pytest.raises(MustBeNamed):
        check_out(wish, Party(acme, [NamedLater()]), pay_with="desk", by=OWNER)
    assert rows() == before


def test_somebody_new_takes_the_seat(school: School, acme: Client):
    session = new_session(new_course(school, age_min=16))
    (seat,) = seat_for(acme, session)
    nobody = seat.student_id
    named = name_student(seat, KIM, by=OWNER)
    student = Student.objects.select_related("person").get(id=named.student_id)
    assert (named.student_id, student.person.name, student.person.birth_date) == (nobody, "Kim Stone", KIM.birth_date)
    assert named_later([named]) == set()
    assert students_of([acme])[acme.pk] == [student]
    told = Record.objects.get(name="booking.student_named")
    assert (told.subject_id, told.student_id, told.client_id) == (seat.pk, nobody, acme.pk)
    assert told.old == told.new == {"student": str(nobody)}
    with pytest.raises(NamedAlready):
        name_student(seat, NewPerson(first_name="Lou"), by=OWNER)
    assert broken(school) == {}


def test_a_student_of_theirs_takes_the_seat_its_time_and_what_is_paid(school: School, acme: Client):
    session = new_session(new_course(school), hour_at(10), hour_at(11))
    (seat,) = seat_for(acme, session)
    pay_for(seat)
    kim, nobody = new_student(school, "Kim Stone", guardian=acme), seat.student
    named = name_student(seat, kim, by=OWNER)
    assert (named.student_id, named.status, named.payment_status) == (kim.pk, "confirmed", "paid")
    assert set(Attendance.objects.filter(booking=seat).values_list("student_id", flat=True)) == {kim.pk}
    assert Allocation.objects.get().student_id == kim.pk
    assert Claim.objects.filter(diary_id=kim.person.diary_id).count() == 2
    assert not Claim.objects.filter(diary_id=nobody.person.diary_id).exists()
    assert Person.objects.get(id=nobody.person_id).archived_at is not None
    assert Record.objects.get(name="booking.student_named").new == {"student": str(kim.pk)}
    assert slots_of(session)[0].seats_taken == 1
    assert broken(school) == {}


def test_who_has_something_else_then_does_not(school: School, acme: Client, rows):
    session = new_session(new_course(school), hour_at(10))
    (seat,) = seat_for(acme, session)
    kim, lou = (new_student(school, name, guardian=acme) for name in ("Kim Stone", "Lou Stone"))
    buy_seat(new_session(new_course(school), hour_at(10, 10, 30)), kim)
    buy_seat(session, lou)
    left = new_student(school, "Max Stone", guardian=acme)
    change_student(left, by=OWNER, status="left", skill_level="")
    before = rows()
    for who, refusal in ((kim, TimeTaken), (lou, AlreadyBooked), (left, StudentNotActive)):
        with pytest.raises(refusal):
            name_student(seat, who, by=OWNER)
    assert rows() == before
    assert named_later([seat]) == {seat.pk}


def test_the_age_is_asked_on_the_day_of_the_lesson(school: School, acme: Client, rows):
    day = hour_at(10).starts_at.date()
    (seat,) = seat_for(acme, new_session(new_course(school, age_min=16), hour_at(10)))
    young, old = (day.replace(year=day.year - 16) + dt.timedelta(days=more) for more in (1, 0))
    before = rows()
    for born_on in (young, None):
        with pytest.raises(AgeNotAllowed):
            name_student(seat, NewPerson(first_name="Kim", birth_date=born_on), by=OWNER)
        with pytest.raises(AgeNotAllowed), transaction.atomic():
            name_student(seat, new_student(school, guardian=acme, birth_date=born_on), by=OWNER)
    with pytest.raises(InputRefused):
        name_student(seat, NewPerson(birth_date=old), by=OWNER)
    assert rows() == before
    name_student(seat, NewPerson(first_name="Kim", birth_date=old), by=OWNER)


def test_who_may_name_whom_and_until_when(school: School, acme: Client):
    (seat,) = seat_for(acme, new_session(new_course(school), hour_at(10)))
    client = Actor(Role.CLIENT, who=acme.person_id, person_id=acme.person_id)
    for role in (Role.INSTRUCTOR, Role.STUDENT):
        with pytest.raises(NotAllowed):
            name_student(seat, KIM, by=Actor(role))
    with pytest.raises(NotThisClients):
        name_student(seat, new_student(school), by=client)
    stranger = new_client(school)
    with pytest.raises(NotFound):
        name_student(seat, new_student(school), by=Actor(Role.CLIENT, person_id=stranger.person_id))
    Session.objects.filter(id=seat.session_id).update(starts_at=hour_at(-2).starts_at)
    seat.session.refresh_from_db()
    with pytest.raises(LessonBegun):
        name_student(seat, KIM, by=client)
    name_student(seat, KIM, by=OWNER)  # the register says who came
    (other,) = seat_for(acme, new_session(new_course(school), hour_at(20)))
    cancel_booking(other, by=OWNER)
    with pytest.raises(TransitionRefused):
        name_student(other, KIM, by=OWNER)


def test_another_school_s_student_is_not_there(school: School, acme: Client):
    (seat,) = seat_for(acme, new_session(new_course(school)))
    with pytest.raises(NotFound):
        name_student(seat, new_student(new_school()), by=OWNER)
