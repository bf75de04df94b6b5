"""What is on offer: sessions with seats left, and the starts of a month."""

import datetime as dt

from factories import (
    at,
    be_busy,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_session,
    new_student,
)
from schoolbell.kit.time import Stretch
from schoolbell.planning.free_times import FreeTimes, free_times
from schoolbell.planning.offers import find_offer, next_offers
from schoolbell.schools.models import School

WEEK = dt.timedelta(days=7)


def test_offers_count_an_overdue_hold_as_a_free_seat(school: School):
    course = new_course(school, capacity=2)
    session = new_session(course, hour_at(5), hour_at(6))
    booking = buy_seat(session, new_student(school))
    buy_seat(session, new_student(school))
    assert [(offer.session.pk, offer.seats_left) for offer in next_offers(school, limit=5)] == [(session.pk, 0)]
    assert next_offers(school, limit=5, with_seats=1) == []
    let_hold_run_out(booking)
    (offer,) = next_offers(school, limit=5, with_seats=1)
    assert (offer.seats_left, len(offer.slots), offer.during) == (1, 2, Stretch(session.starts_at, session.ends_at))


def test_offers_are_public_and_yet_to_begin(school: School, other_school: School):
    course = new_course(school)
    draft = new_session(course, hour_at(5), publish=False)
    later, sooner = new_session(course, hour_at(9)), new_session(course, hour_at(7))
    elsewhere = new_session(new_course(other_school), hour_at(5))
    assert [offer.session.pk for offer in next_offers(school, limit=5)] == [sooner.pk, later.pk]
    assert [offer.session.pk for offer in next_offers(school, limit=1)] == [sooner.pk]
    assert [offer.session.pk for offer in next_offers(school, limit=5, apart_from=sooner.pk)] == [later.pk]
    assert find_offer(school, draft.pk) is None
    assert find_offer(school, elsewhere.pk) is None
    found = find_offer(school, sooner.pk)
    assert found is not None
    assert found.session.course.name == "First aid"


def test_the_starts_of_a_week_are_those_of_the_free_times(school: School):
    piano = new_lessons(school, resource_kind="venue")
    room = new_resource(school, capacity=1)
    ida, ben = new_instructor(school), new_instructor(school, name="Ben Other")
    be_busy(ida.person.diary_id, school, hour_at(2, 9))
    be_busy(room.diary_id, school, hour_at(3, 15, minutes=90))
    within = Stretch(at(1, 0), at(1, 0) + WEEK)
    for one in (None, ida.pk, ben.pk):
        starts = FreeTimes(school, piano, within, instructor_id=one).starts(within)
        assert starts == sorted(
            {free.during.starts_at for free in free_times(school, piano, within, instructor_id=one)}
        )
        assert at(3, 15) not in starts
        assert (at(2, 9) in starts) == (one != ida.pk)
