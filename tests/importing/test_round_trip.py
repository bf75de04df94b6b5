"""A school made by bookings, cancellations and payments, as schools are: what it gives out is all of it."""

import datetime as dt

import pytest

from billing.test_credit import has_in_credit
from factories import (
    OWNER,
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
    payer_of,
    slots_of,
)
from importing.files import bad, cells, everything_holds, exported, files_of, sheet, take_in, take_in_one
from invariants import broken
from schoolbell.billing.credit import unused_credit
from schoolbell.billing.ledger import balance
from schoolbell.billing.models import Order, Payment
from schoolbell.billing.orders import Purchase
from schoolbell.billing.payments import Attempt, confirm_booking_of_order, pay, resolve
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.billing.together import buy_together
from schoolbell.bookings.models import Booking
from schoolbell.bookings.queries import why_cancelled
from schoolbell.bookings.sessions import cancel_session
from schoolbell.catalogue.actions import qualify
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.journal.models import Record
from schoolbell.people.actions import add_placeholder
from schoolbell.people.models import Guardianship
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db
MORNING = dt.timedelta(hours=1)


def lived_in(preset: str = "courses", **policies) -> School:
    school = new_school(preset, timezone="America/New_York", currency="USD", **policies)
    ida, tom = new_instructor(school, name="Ida Teacher"), new_instructor(school, name="Tom Second", hours=False)
    course = new_course(
        school, name="=cmd|'/C calc'!A0", description='<b>"bold"</b>; and\r\nmore', deposit=1000, tax_rate=725,
        trial_price=500, type="", overrides={"notice_minutes": 30},
    )  # fmt: skip
    twin, lessons = new_course(school, name="Piano (4)"), new_lessons(school, name="Cello; solo")
    qualify(ida, twin, by=OWNER, proficiency=5, certified_on=dt.date(2020, 2, 29))
    add_product(
        school, ProductValues("=Kit; <b>one</b>", 120_000, "Two kilos;\r\nclay", 1825, is_active=False), by=OWNER
    )
    for taught in (course, lessons):
        qualify(ida, taught, by=OWNER)
    hall = new_resource(school, name="'Hall", facilities={"projector": True, "rows": [1, 2]})
    mum = new_client(school, "Mum One")
    new_client(school, "@nobody’s client")
    sam, twin_one, twin_two = (
        new_student(school, name, guardian=mum) for name in ("Sam Kid", "Alex Same", "Alex Same")
    )
    adult = new_student(school, "Ann Adult", email="ann@example.org", phone="+15555550100")
    whole = new_session(course, hour_at(30), hour_at(31), instructors=[tom, ida], resource=hall, choose_slots=True)
    other = new_session(twin, hour_at(40), instructors=[tom], notes="-1 chair", price=1234)
    new_session(twin, hour_at(50), publish=False)
    for student in (sam, twin_one):
        pay_for(buy_seat(whole, student))
    buy_seat(whole, twin_two, slot_ids=[slots_of(whole)[1].pk])  # pending
    waived = buy_seat(whole, adult, enrollment_type="trial")
    confirm_booking_of_order(waived, by=OWNER, reason="a friend")
    gone = buy_seat(other, sam, notes='=Nuts; <b>no</b>\r\n\'- and a "quoted" word')
    pay_for(gone, 234)
    pay_for(gone)
    cancel_and_settle(Booking.objects.get(id=gone.pk), by=OWNER)
    late = new_session(twin, hour_at(1))
    seat = buy_seat(late, adult)
    pay_for(seat)
    client = Guardianship.objects.get(student=adult).client
    cancel_and_settle(Booking.objects.get(id=seat.pk), by=Actor(Role.CLIENT, person_id=client.person_id))
    pay_for(buy_seat(late, adult if school.policies.release_seat_on_cancel else sam))  # perhaps the same student again
    called_off = new_session(twin, hour_at(60))
    pay_for(buy_seat(called_off, sam))
    cancel_session(called_off, by=OWNER, because='@home, ill;\nsee you "soon"')
    pay_for(buy_lesson(lessons, adult, at(3, 12)))
    cancel_and_settle(buy_lesson(lessons, adult, at(4, 12)), by=OWNER)
    from_credit = order_of(buy_seat(new_session(twin, hour_at(70)), sam))
    pay(from_credit, Attempt("credit", "credit", 200), by=OWNER)  # of what was called off
    pay(from_credit, Attempt("desk", "cash"), by=OWNER)
    for booking in Booking.objects.of(school).filter(settled_at=None, status="cancelled"):
        from schoolbell.billing.sales import settle  # noqa: PLC0415

        settle(booking)
    return school


@pytest.mark.parametrize("preset", ["courses", "driving", "coaching"])
def test_a_school_that_was_lived_in_comes_out_whole_and_goes_in_elsewhere(preset):
    school = lived_in(preset)
    everything_holds()
    files = exported(school)
    again = take_in(school, *files_of(files))
    assert [(one.file.name, bad(one), one.changes) for one in again.files if not one.changes_nothing] == []
    other = new_school(preset, timezone="Asia/Tokyo", currency="USD")
    done = take_in(other, *files_of(files))
    assert [(one.file.name, one.refused, bad(one)) for one in done.files if one.is_refused] == []
    assert exported(other) == files
    everything_holds()
    assert broken(other) == {}
    for account in ("client", "sales", "tax", "cash", "card", "credit", "waived"):
        assert balance(account, school_id=other.pk) == balance(account, school_id=school.pk), account


def test_notes_and_why_it_was_cancelled_are_there_afterwards():
    files, other = exported(lived_in()), new_school("courses", timezone="UTC", currency="USD")
    take_in(other, *files_of(files))
    noted = Booking.objects.of(other).exclude(notes="").get()
    assert noted.notes == '=Nuts; <b>no</b>\n\'- and a "quoted" word'
    said = Session.objects.of(other).exclude(cancelled_because="").get()
    assert (said.status, said.cancelled_because) == ("cancelled", '@home, ill;\nsee you "soon"')
    assert why_cancelled([said.bookings.get()]) == {said.bookings.get().pk: said.cancelled_because}


def test_files_without_these_columns_leave_notes_and_reasons_as_they_are():
    school = lived_in()
    files = exported(school)
    rows = cells(files["timetable.csv"])
    without = [{name: row[name] for name in row if name not in ("booking_notes", "cancelled_because")} for row in rows]
    done = take_in_one(school, sheet(*without), "timetable.csv")
    assert (done.refused, bad(done), done.changes_nothing) == ("", [], True)
    assert exported(school) == files
    other = new_school("courses", timezone="UTC", currency="USD")
    take_in(other, *files_of({name: data for name, data in files.items() if name != "timetable.csv"}))
    done = take_in_one(other, sheet(*without), "timetable.csv")
    assert (done.refused, bad(done)) == ("", [])
    assert Booking.objects.of(other).exclude(notes="").count() == 0
    assert Session.objects.of(other).exclude(cancelled_because="").count() == 0


def test_notes_and_reasons_are_changed_by_a_file_and_nothing_with_them():
    school = lived_in()
    rows = cells(exported(school)["timetable.csv"])
    noted = next(row for row in rows if row["booking_notes"])
    seat = next(row for row in rows if row["booking_status"] == "confirmed" and row["paid"])
    said = next(row for row in rows if row["cancelled_because"])
    before = {one.pk: (one.status, one.payment_status, one.holds_seat) for one in Booking.objects.of(school)}
    file = sheet(noted | {"booking_notes": ""}, seat | {"booking_notes": "Late"}, said | {"cancelled_because": "Snow"})
    done = take_in_one(school, file)
    assert (done.refused, bad(done)) == ("", [])
    assert [one.notes for one in Booking.objects.of(school).exclude(notes="")] == ["Late"]
    assert Booking.objects.of(school).get(reference=seat["booking"]).notes == "Late"
    assert Session.objects.of(school).exclude(cancelled_because="").get().cancelled_because == "Snow"
    assert {one.pk: (one.status, one.payment_status, one.holds_seat) for one in Booking.objects.of(school)} == before
    told = Record.objects.of(school).filter(name="booking.notes_changed").values_list("old", "new")
    assert sorted((old["has_notes"], new["has_notes"]) for old, new in told) == [(False, True), (True, False)]
    again = take_in_one(school, file)
    assert (bad(again), again.changes_nothing) == ([], True)
    everything_holds()


def test_bad_notes_and_reasons_are_named_by_line_and_column(school, rows):
    session = new_session(new_course(school))
    buy_seat(session, new_student(school), notes="Shy")
    (row,) = cells(exported(school)["timetable.csv"])
    before = rows()
    for columns, reason in (
        ({"booking_notes": "a" * 1001}, "booking_notes: is 1001 characters long; at most 1000 fit"),
        ({"cancelled_because": "a" * 301}, "cancelled_because: is 301 characters long; at most 300 fit"),
        ({"cancelled_because": "Snow"}, "cancelled_because: is for sessions that are cancelled"),
    ):
        assert bad(take_in_one(school, sheet(row | columns))) == [f"line 2, {reason}"]
    for_nobody = {name: row[name] for name in ("session", "course", "starts_at", "ends_at", "timezone")}
    assert bad(take_in_one(school, sheet(for_nobody | {"booking_notes": "Shy"}))) == [
        "line 2, booking_notes: is filled, but the line names no student"
    ]
    assert rows() == before


def test_a_seat_that_is_named_later_stays_at_home_until_it_is(school):
    session = new_session(new_course(school))
    buy_seat(session, add_placeholder(new_client(school), by=OWNER, relationship="employer"))
    files = exported(school)
    other = new_school()
    take_in(other, *files_of(files))
    assert (Session.objects.of(other).count(), Booking.objects.of(other).count()) == (1, 0)
    assert exported(other) == files


def two_sessions_in_one_order(school: School) -> Order:
    course, sam = new_course(school, price=4500), new_student(school)
    sessions = [new_session(course, hour_at(day)) for day in (30, 31)]
    return buy_together(
        [
            Purchase(
                school=school,
                course=course,
                student=sam,
                client=payer_of(sam),
                session=one,
                session_slots=slots_of(one),
            )
            for one in sessions
        ],
        by=OWNER,
    )


def test_a_part_of_the_timetable_comes_back_though_an_order_is_for_more_than_that(school):
    order = two_sessions_in_one_order(school)
    pay(order, Attempt("desk", "cash"), by=OWNER)
    rows = cells(exported(school)["timetable.csv"])
    assert [row["paid"] for row in rows] == ["45.00", "45.00"]
    for row in rows:
        done = take_in_one(school, sheet(row))
        assert (done.refused, bad(done), done.changes) == ("", [], [])


def test_what_an_order_was_paid_too_much_is_told_with_its_first_booking_alone(school):
    order = two_sessions_in_one_order(school)
    under_way = pay(order, Attempt("demo", "card", token="stays_pending"), by=OWNER)
    cancel_and_settle(Booking.objects.of(school).order_by("id").last(), by=OWNER)
    resolve(under_way, succeeded=True, by=OWNER)
    rows = cells(exported(school)["timetable.csv"])
    assert sorted((row["booking_status"], row["paid"]) for row in rows) == [("cancelled", ""), ("confirmed", "90.00")]
    for row in rows:
        done = take_in_one(school, sheet(row))
        assert (done.refused, bad(done), done.changes) == ("", [], [])


def test_credit_that_a_file_pays_with_must_be_there(school):
    sam = new_student(school, "Ann Adult", guardian=(clara := new_client(school)))
    buy_seat(new_session(new_course(school, name="Piano", price=4500), hour_at(30)), sam)
    (row,) = cells(exported(school)["timetable.csv"])
    paid = sheet(row | {"paid": "45", "paid_with": "credit", "booking_status": "confirmed", "held_until": ""})
    assert bad(take_in_one(school, paid)) == [
        "line 2, paid_with: is more credit than the client has here; say how it was paid in the first place"
    ]
    assert Payment.objects.of(school).count() == 0
    has_in_credit(clara, 5000)
    done = take_in_one(school, paid)
    assert (done.refused, bad(done)) == ("", [])
    assert unused_credit(clara) == 500
    everything_holds()
