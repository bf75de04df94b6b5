"""Orders of several seats, all at once: each gets all of its seats or none, and nobody waits in a ring."""

from collections import Counter

from factories import hour_at, new_course, new_session, slots_of
from invariants import broken, deadlocks
from races.people import Race
from schoolbell.billing.checkout import Party, Wish, check_out
from schoolbell.billing.models import Order
from schoolbell.bookings.refusals import SessionFull, TooManyHolds
from schoolbell.people.actions import NewPerson
from schoolbell.people.models import Student
from schoolbell.schools.actor import Actor, Role
from servers import race


def test_employers_get_all_of_their_three_seats_or_none(race_in: Race):
    school = race_in.school
    course = new_course(school, price=22000, price_per="course", capacity=12)
    session = new_session(course, hour_at(14), hour_at(15), hour_at(16))
    wish = Wish(school, course, session, slots_of(session))
    before = deadlocks()

    def order(number: int) -> str:
        staff = [NewPerson(first_name=f"Student {number}", last_name=str(seat)) for seat in range(3)]
        payer = NewPerson(first_name="Employer", last_name=str(number), email=f"{number}@example.org")
        try:
            check_out(
                wish, Party(payer, staff, "employer"), pay_with="card", by=Actor(Role.GUEST, ip=f"192.0.2.{number}")
            )
        except SessionFull:
            return "full"
        return "booked"

    assert Counter(race(order, range(1, 17))) == {"booked": 4, "full": 12}
    assert [slot.seats_taken for slot in slots_of(session)] == [12, 12, 12]
    assert (Order.objects.of(school).count(), Student.objects.of(school).count()) == (4, 12)
    assert broken(school) == {}
    assert deadlocks() == before


def test_one_guest_asking_many_times_at_once_gets_what_the_policy_allows(race_in: Race):
    school = race_in.school
    course = new_course(school, price=22000, capacity=12)
    sessions = [new_session(course, hour_at(14 + day), capacity=12) for day in range(12)]

    def order(number: int) -> bool:
        session = sessions[number]
        payer = NewPerson(first_name="Samira", last_name="Hartley", email="samira@example.org")
        wish = Wish(school, course, session, slots_of(session))
        try:
            check_out(wish, Party(payer), pay_with="card", by=Actor(Role.GUEST, ip=f"192.0.2.{number}"))
        except TooManyHolds:
            return False
        return True

    assert sum(race(order, range(12))) == school.policies.guest_open_holds
