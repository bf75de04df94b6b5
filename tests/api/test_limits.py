"""How much clients and guests may hold unpaid, and in what way of paying: the school says, not they."""

from threading import Barrier

import pytest

from api_client import Api
from factories import (
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    new_token,
    pay_for,
)
from invariants import broken
from races.people import told
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import now
from schoolbell.schools.actor import Role
from servers import race, rfc3339

GUEST = {"student": {"name": "Sam"}, "client": {"name": "Ann", "email": "ann@example.org"}}


def family(school, role=Role.CLIENT):
    """A client with a child, and the token of one of them."""
    parent = new_client(school)
    child = new_student(school, guardian=parent)
    person = parent.person if role == Role.CLIENT else child.person
    return child, Api(school.slug, new_token(school, role, person))


def seats(school, number: int) -> list[dict[str, str]]:
    course = new_course(school)
    return [{"session": str(new_session(course, hour_at(30 + place)).pk)} for place in range(number)]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.CLIENT, Role.STUDENT])
def test_a_client_holds_so_many_unpaid_seats_at_a_time_whoever_of_the_family_asks(role):
    school = new_school(client_open_holds=2)
    child, api = family(school, role)
    first, second, third = (wish | {"student": str(child.pk)} for wish in seats(school, 3))
    held = [api.made("/bookings", wish) for wish in (first, second)]
    assert api.post("/bookings", third, key="key").told == (429, "too_many_holds")
    new_instructor(school)
    lesson = {"course": str(new_lessons(school).pk), "starts_at": rfc3339(hour_at(20).starts_at)}
    assert api.post("/bookings", lesson | {"student": str(child.pk)}).told == (429, "too_many_holds")
    let_hold_run_out(Booking.objects.get(id=held[0]["id"]))
    pay_for(Booking.objects.get(id=held[1]["id"]))
    assert [api.post("/bookings", wish, key="key").status for wish in (third, third)] == [201, 201]
    assert Booking.objects.of(school).count() == 3
    assert broken(school) == {}


@pytest.mark.django_db
def test_staff_hold_as_many_as_they_like_and_one_client_is_not_counted_for_another():
    school = new_school(client_open_holds=1)
    child, api = family(school)
    wishes = seats(school, 3)
    office = Api(school.slug, new_token(school, Role.ADMIN))
    for wish in wishes:
        office.made("/bookings", wish | {"student": str(child.pk)})
    other, theirs = family(school)
    theirs.made("/bookings", wishes[0] | {"student": str(other.pk)})
    assert api.post("/bookings", seats(school, 1)[0] | {"student": str(child.pk)}).told == (429, "too_many_holds")


def test_sixteen_requests_of_one_client_at_once_hold_no_more_than_one(served):
    school = new_school(client_open_holds=3)
    child, api = family(school)
    bodies = [wish | {"student": str(child.pk)} for wish in seats(school, 16)]
    answers = served.post_all(f"/api/v1/{school.slug}/bookings", bodies, tokens=[api.token] * 16)
    assert told(answers) == {(201, ""): 3, (429, "too_many_holds"): 13}
    assert broken(school) == {}


@pytest.mark.usefixtures("scratch")
def test_control_counting_without_waiting_for_each_other_lets_all_of_them_hold():
    school = new_school(client_open_holds=3)
    child, _api = family(school)
    sessions = [new_session(new_course(school), hour_at(30 + place)) for place in range(8)]
    all_have_counted = Barrier(8)

    def book(session) -> bool:
        held = Booking.objects.of(school).filter(status="pending").count()
        all_have_counted.wait()
        return held < 3 and buy_seat(session, child).status == "pending"

    assert race(book, sessions) == [True] * 8


@pytest.mark.django_db
class TestTheWayOfPaying:
    def minutes(self, booking: dict[str, str]) -> int:
        expires_at = Booking.objects.get(id=booking["id"]).hold_expires_at
        return round((expires_at - now()).total_seconds() / 60)

    def test_is_one_that_the_school_offers_to_clients_and_guests(self):
        school = new_school(ways_to_pay=["card"])
        child, api = family(school)
        (wish,) = seats(school, 1)
        for way in ("transfer", "desk"):
            for who, people in ((api, {"student": str(child.pk)}), (Api(school.slug), GUEST)):
                refused = who.post("/bookings", wish | people | {"pay_with": way})
                assert refused.told == (409, "way_of_paying_not_offered")
        assert Booking.objects.of(school).count() == 0
        office = Api(school.slug, new_token(school, Role.ADMIN))
        made = office.made("/bookings", wish | {"student": str(child.pk), "pay_with": "transfer"})
        assert self.minutes(made) == 4320

    def test_is_the_schools_first_where_they_choose_none(self):
        school = new_school(ways_to_pay=["desk", "card"])
        child, api = family(school)
        wish, other = seats(school, 2)
        assert self.minutes(api.made("/bookings", wish | {"student": str(child.pk)})) == 2880
        made = api.made("/bookings", other | {"student": str(child.pk), "pay_with": "card"})
        assert self.minutes(made) == 15

    def test_does_not_matter_where_nothing_is_held(self):
        school = new_school("coaching", ways_to_pay=["card"])
        child, api = family(school)
        (wish,) = seats(school, 1)
        made = api.made("/bookings", wish | {"student": str(child.pk), "pay_with": "transfer"})
        assert (made["status"], made["hold_expires_at"]) == ("confirmed", None)
