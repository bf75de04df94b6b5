"""The sample files: taken in, taken in again, given out, and taken in elsewhere."""

import pytest

from importing.files import bad, cells, counts, everything_holds, exported, files_of, riverside, samples, take_in
from schoolbell.billing.ledger import balance
from schoolbell.bookings.models import Booking
from schoolbell.importing.actions import plan_import
from schoolbell.people.models import Client, Guardianship, Person, Student
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot

pytestmark = pytest.mark.django_db

IN_THE_SAMPLES = {
    "course": 5, "resource": 3, "instructor": 4, "student": 8, "client": 6, "guardianship": 9, "series": 2,
    "session": 14, "booking": 17, "product": 3,
}  # fmt: skip


def refusals(done):
    return [(one.file.name, one.refused, bad(one)) for one in done.files if one.is_refused]


@pytest.fixture
def taken_in(db) -> School:
    school = riverside()
    assert refusals(take_in(school, *reversed(samples()))) == []
    return school


def test_the_samples_are_taken_in_whatever_their_order_and_every_rule_holds(taken_in):
    everything_holds()
    assert Person.objects.of(taken_in).count() == 4 + 8 + 6  # Ravi is a student, their own client and Amy's: one person
    assert Client.objects.of(taken_in).count() == 7
    assert Student.objects.of(taken_in).count() == 8


def test_children_of_one_client_and_clients_of_one_child_are_recognised(taken_in):
    def pairs(**of):
        rows = Guardianship.objects.of(taken_in).filter(**of).select_related("student__person", "client__person")
        return {(row.student.person.first_name, row.client.person.name, row.is_primary) for row in rows}

    assert pairs(student__person__first_name="Emma") == {("Emma", "Helen Marsh", True), ("Emma", "Paul Marsh", False)}
    assert pairs(client__person__last_name="Shah") == {("Ravi", "Ravi Shah", True), ("Amy", "Ravi Shah", True)}
    assert pairs(client__person__organisation="Quayside Nursery Ltd") == {
        ("Lena", "Quayside Nursery Ltd", True),
        ("Omar", "Quayside Nursery Ltd", True),
    }


def test_times_stand_in_their_zones_and_seats_are_counted(taken_in):
    session = Session.objects.of(taken_in).get(course__name="Scratch & games")
    assert (session.starts_at.isoformat(), session.timezone) == ("2027-01-15T16:00:00+00:00", "Europe/Madrid")
    camp = Slot.objects.of(taken_in).filter(session__course__name="Holiday band camp").order_by("starts_at")
    assert list(camp.values_list("seats_taken", flat=True)) == [2, 1, 2]


def test_money_is_where_the_file_says(taken_in):
    def owes(reference):
        booking = Booking.objects.of(taken_in).get(reference=reference)
        return booking.payment_status, balance("client", school_id=taken_in.pk, booking_id=booking.pk)

    assert owes("RIV-0005") == ("paid", -1850)  # what was sold; the payments are the client's
    assert owes("RIV-0006") == ("paid", 0)  # sold and waived
    assert owes("RIV-0004") == ("paid", -1600)  # half of it was kept
    assert owes("RIV-0008") == ("pending", 0)
    assert balance("cash", school_id=taken_in.pk) == -(1500 + 1000)
    assert balance("client", school_id=taken_in.pk) == 1600 - 5500  # Grace's credit; Ravi has not paid


def test_the_same_files_again_change_nothing(taken_in, rows):
    before = rows()
    again = take_in(taken_in, *samples())
    assert counts(again) == {noun: {"unchanged": number} for noun, number in IN_THE_SAMPLES.items()}
    assert all(one.changes_nothing for one in again.files)
    assert rows() == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(rows):
    school = riverside()
    before = rows()
    planned = plan_import(samples(), school=school)
    assert rows() == before
    assert counts(planned) == {noun: {"added": number} for noun, number in IN_THE_SAMPLES.items()}
    assert counts(take_in(school, *samples())) == counts(planned)


def test_what_is_given_out_is_taken_in_elsewhere_and_given_out_the_same(taken_in):
    files = exported(taken_in)
    assert [cells(data)[0]["key"] for name, data in files.items() if name != "timetable.csv"] == [
        "firstaid", "blue", "strings", "t1", "s8", "c1"
    ]  # fmt: skip
    again = take_in(taken_in, *files_of(files))
    assert refusals(again) == []
    assert all(one.changes_nothing for one in again.files)
    other = riverside()
    assert refusals(take_in(other, *files_of(files))) == []
    assert exported(other) == files
    everything_holds()
