"""An instructor is away: every lesson is seen to in one step, or nothing is done."""

from dataclasses import replace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    OWNER,
    at,
    be_busy,
    buy_lesson,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    pay_for,
    payer_of,
)
from invariants import broken
from schoolbell.billing.ledger import CLIENT, balance
from schoolbell.billing.rearranging import arrange_absence_and_settle
from schoolbell.catalogue.actions import qualify
from schoolbell.diary.models import Claim, TimeOff
from schoolbell.diary.refusals import TimeOffAsked, TimeOffDecided, TimeTaken
from schoolbell.diary.time_off import approve_time_off, ask_for_time_off, enter_time_off, withdraw_time_off
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.absence import USUAL, Absence, arrange_absence, preview_absence
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.rearranging import Affected, Step, Way
from schoolbell.planning.refusals import LessonsChanged, MoveClashes
from schoolbell.timetable.models import Session, Staffing

pytestmark = pytest.mark.django_db


def day(number: int) -> Stretch:
    return Stretch(at(number, 0), at(number + 1, 0))


def away(instructor: Instructor, number: int = 10, **more: object) -> Absence:
    return Absence(instructor.school, instructor, day(number), **more)


def steps_of(affected: list[Affected]) -> list[tuple[str, object]]:
    """Per lesson what is proposed: who takes over, or when it would be."""
    return [(one.proposed.way.value, one.proposed.instructor_id or one.proposed.starts_at) for one in affected]


def teacher_of(session: Session) -> object:
    return Staffing.objects.get(session_id=session.pk).instructor_id


def busy_of(instructor: Instructor) -> list[tuple[object, object]]:
    rows = Claim.objects.filter(diary_id=instructor.person.diary_id, kind="busy").order_by("during")
    return [(one.during.lower, one.during.upper) for one in rows]


def test_each_lesson_has_a_substitute_and_none_is_counted_on_twice():
    school = new_school()
    course = new_course(school)
    ida, tom, zoe = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Tom", "Zoe"))
    sessions = [new_session(course, hour_at(10, hour), instructors=[ida]) for hour in (10, 11, 12)]
    other = new_session(course, hour_at(10, 10, 30), instructors=[zoe])  # takes Zoe out of the first two
    found = preview_absence(away(ida))
    assert [one.session.pk for one in found] == [one.pk for one in sessions]
    assert steps_of(found) == [("substitute", tom.pk)] * 3
    done = arrange_absence(away(ida), [one.proposed for one in found], by=OWNER)
    assert done.counts == {"substituted": 3, "moved": 0, "cancelled": 0, "kept": 0}
    assert teacher_of(sessions[0]) == teacher_of(sessions[1]) == tom.pk
    assert busy_of(ida) == [(day(10).starts_at, day(10).ends_at)]
    assert teacher_of(other) == zoe.pk
    assert TimeOff.objects.get(diary_id=ida.person.diary_id).status == "approved"
    assert Record.objects.get(name="instructor.absent").new["substituted"] == 3
    assert broken(school) == {}


def test_what_does_not_change_is_not_judged_by_rules_that_came_later():
    """Two lessons stand back to back in one hall; since then the school wants a pause between them."""
    school = new_school()
    course, hall = new_course(school), new_resource(school)
    ida, tom, zoe = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Tom", "Zoe"))
    session = new_session(course, hour_at(10), instructors=[ida], resource=hall)
    new_session(course, hour_at(10, 11), instructors=[tom], resource=hall)
    school.stored_policies |= {"buffer_after_minutes": 15}
    school.save()
    absence = away(Instructor.objects.select_related("person").get(id=ida.pk))
    (found,) = preview_absence(absence)
    assert steps_of([found]) == [("substitute", zoe.pk)]
    done = arrange_absence(absence, [found.proposed], by=OWNER)
    assert (done.counts["substituted"], teacher_of(session)) == (1, zoe.pk)
    assert broken(school) == {}


def test_a_clash_that_was_let_stand_keeps_nobody_from_taking_the_lesson_over():
    school = new_school()
    course, sam = new_course(school), new_student(school)
    ida, tom = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Tom"))
    session = new_session(course, hour_at(9), instructors=[ida])
    buy_seat(session, sam)
    buy_seat(new_session(new_course(school), hour_at(10, 10, 30)), sam)
    (there,) = as_it_is([Session.objects.select_related("course__school", "resource").get(id=session.pk)])
    move_sessions([replace(there, slots=(hour_at(10),))], by=OWNER, waive_students=True)
    (found,) = preview_absence(away(ida))
    assert steps_of([found]) == [("substitute", tom.pk)]
    arrange_absence(away(ida), [found.proposed], by=OWNER)
    assert teacher_of(session) == tom.pk
    assert sorted(Claim.objects.filter(diary_id=sam.person.diary_id).values_list("waived", flat=True)) == [False, True]
    assert Record.objects.get(name="booking.changed").new["waived"] is False  # that was said when it was moved
    assert broken(school) == {}


def test_the_best_gives_way_where_nobody_else_could_take_another_lesson():
    school = new_school()
    piano, violin = new_course(school), new_course(school, name="Violin")
    ida, best, pianist = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Best", "Pianist"))
    qualify(best, piano, proficiency=5, by=OWNER)
    qualify(best, violin, proficiency=5, by=OWNER)
    qualify(pianist, piano, proficiency=1, by=OWNER)
    tea = new_session(piano, hour_at(10), instructors=[ida])
    Session.objects.filter(id=tea.pk).update(course_id=piano.pk)
    late = new_session(violin, hour_at(10, 11), instructors=[ida])
    be_busy(best.person.diary_id, school, hour_at(10, 12))
    assert steps_of(preview_absence(away(ida))) == [("substitute", best.pk), ("substitute", best.pk)]
    school.stored_policies |= {"buffer_after_minutes": 30}
    school.save()
    found = preview_absence(away(Instructor.objects.select_related("person").get(id=ida.pk)))
    assert [(one.session.pk, one.proposed.instructor_id) for one in found] == [(tea.pk, pianist.pk), (late.pk, best.pk)]


def test_a_lesson_that_nobody_can_take_over_goes_to_the_nearest_time_that_suits_its_student():
    school = new_school()
    course = new_lessons(school)
    ida = new_instructor(school)
    sam = new_student(school)
    booking = buy_lesson(course, sam, at(10, 22))
    be_busy(sam.person.diary_id, school, Stretch(at(11, 0), at(11, 1)))  # the next day begins with something else
    (found,) = preview_absence(away(ida))
    assert found.students == (sam,)
    assert found.proposed == Step(booking.session_id, Way.MOVE, starts_at=at(11, 1))
    assert [one.slots[0].starts_at for one in found.others] == [at(11, 1), at(11, 1, 15), at(11, 1, 30)]
    arrange_absence(away(ida), [found.proposed], by=OWNER)
    booking.refresh_from_db()
    assert booking.session.starts_at == at(11, 1)
    assert booking.moved_at is not None  # the school's doing: it may be cancelled free of charge
    assert Outbox.objects.filter(name="booking.moved", subject_id=booking.pk).count() == 1
    assert busy_of(ida) == [(day(10).starts_at, day(10).ends_at)]
    assert broken(school) == {}


def test_two_lessons_do_not_go_to_the_same_time_nor_place():
    school = new_school()
    ida, hall = new_instructor(school), new_resource(school)
    course = new_course(school)
    for hour in (22, 23):
        new_session(course, hour_at(10, hour), instructors=[ida], resource=hall)
    found = preview_absence(away(ida))
    assert [one.proposed.starts_at for one in found] == [at(11, 0), at(11, 1)]
    arrange_absence(away(ida), prefer=USUAL, by=OWNER)
    assert list(Session.objects.of(school).order_by("starts_at").values_list("starts_at", flat=True)) == [
        at(11, 0),
        at(11, 1),
    ]
    assert broken(school) == {}


def test_what_is_cancelled_has_its_money_put_right_and_its_time_closed():
    school = new_school()
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    booking = buy_seat(session, new_student(school))
    pay_for(booking)
    done = arrange_absence_and_settle(away(ida), by=OWNER, prefer=[Way.CANCEL])
    assert [one.pk for one in done.cancelled] == [session.pk]
    booking.refresh_from_db()
    assert (booking.status, booking.owed_percent, booking.settled_at is not None) == ("cancelled", 100, True)
    assert balance(CLIENT, school_id=school.pk, client_id=payer_of(booking.student).pk) == 4500
    assert busy_of(ida) == [(day(10).starts_at, day(10).ends_at)]
    assert broken(school) == {}


def test_what_is_kept_stays_within_the_time_off():
    school = new_school()
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    done = arrange_absence(away(ida), [Step(session.pk, Way.KEEP)], by=OWNER)
    assert [one.pk for one in done.kept] == [session.pk]
    assert busy_of(ida) == [(day(10).starts_at, at(10, 10)), (at(10, 11), day(10).ends_at)]


def test_one_that_cannot_be_done_undoes_all():
    school = new_school()
    course = new_course(school)
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    one, two = (new_session(course, hour_at(10, hour), instructors=[ida]) for hour in (10, 12))
    new_session(course, hour_at(10, 12), instructors=[tom])
    steps = [Step(session.pk, Way.SUBSTITUTE, instructor_id=tom.pk) for session in (one, two)]
    with pytest.raises(MoveClashes):
        arrange_absence(away(ida), steps, by=OWNER)
    assert (teacher_of(one), TimeOff.objects.count(), busy_of(ida)) == (ida.pk, 0, [])
    with pytest.raises(InputRefused):
        arrange_absence(away(ida), [Step(one.pk, Way.SUBSTITUTE), steps[1]], by=OWNER)
    with pytest.raises(InputRefused):
        arrange_absence(away(ida), [steps[0], steps[0]], by=OWNER)
    assert broken(school) == {}


def test_every_lesson_is_seen_to_or_none():
    school = new_school()
    course = new_course(school)
    ida = new_instructor(school)
    one, two = (new_session(course, hour_at(10, hour), instructors=[ida]) for hour in (10, 12))
    with pytest.raises(LessonsChanged):
        arrange_absence(away(ida), [Step(one.pk, Way.CANCEL)], by=OWNER)
    arrange_absence(away(ida), [Step(one.pk, Way.KEEP)], prefer=[Way.CANCEL], by=OWNER)
    assert [Session.objects.get(id=session.pk).status for session in (one, two)] == ["published", "cancelled"]
    with pytest.raises(LessonsChanged):
        arrange_absence(away(ida), [Step(two.pk, Way.KEEP)], prefer=USUAL, by=OWNER)


def test_time_off_that_was_asked_for_is_approved_and_one_that_was_approved_stands():
    school = new_school()
    course = new_lessons(school)
    ida = new_instructor(school)
    asked = ask_for_time_off(ida.person.diary, day(10), by=OWNER, reason="Wedding")
    arrange_absence(away(ida, time_off=asked), prefer=USUAL, by=OWNER)
    asked.refresh_from_db()
    assert (asked.status, busy_of(ida)) == ("approved", [(day(10).starts_at, day(10).ends_at)])
    with pytest.raises(TimeTaken):
        buy_lesson(course, new_student(school), at(10))
    booking = buy_lesson(course, new_student(school), at(12))
    approve_time_off(ask_for_time_off(ida.person.diary, day(12), by=OWNER), by=OWNER)
    done = arrange_absence(away(ida, 12), [Step(booking.session_id, Way.CANCEL)], by=OWNER)
    assert len(done.cancelled) == 1
    assert busy_of(ida)[-3:] == [
        (day(12).starts_at, at(12)), (at(12), at(12, 11)), (at(12, 11), day(12).ends_at)
    ]  # fmt: skip
    assert TimeOff.objects.of(school).count() == 2
    assert broken(school) == {}


def test_a_request_that_reaches_further_is_not_approved_by_the_way():
    school = new_school()
    ida = new_instructor(school)
    lesson, later = (new_session(new_course(school), hour_at(number), instructors=[ida]) for number in (10, 15))
    month = ask_for_time_off(ida.person.diary, Stretch(at(8, 0), at(38, 0)), by=OWNER)
    with pytest.raises(TimeOffAsked):
        preview_absence(away(ida))
    with pytest.raises(TimeOffAsked):
        arrange_absence(away(ida), prefer=USUAL, by=OWNER)
    with pytest.raises(TimeOffAsked):
        arrange_absence(away(ida, time_off=month), prefer=USUAL, by=OWNER)
    month.refresh_from_db()
    assert (month.status, busy_of(ida)) == ("requested", [])
    assert teacher_of(lesson) == teacher_of(later) == ida.pk
    whole = Absence(school, ida, month.during)
    assert [one.session.pk for one in preview_absence(whole)] == [lesson.pk, later.pk]
    arrange_absence(whole, prefer=USUAL, by=OWNER)
    month.refresh_from_db()
    assert month.status == "approved"
    assert TimeOff.objects.of(school).count() == 1
    assert preview_absence(away(ida, 20)) == []  # what is approved and reaches further stands
    arrange_absence(away(ida, 20), prefer=USUAL, by=OWNER)
    assert TimeOff.objects.of(school).count() == 1
    assert broken(school) == {}


def test_what_is_off_already_stands_what_is_asked_for_within_is_approved_and_the_rest_is_entered():
    school = new_school()
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    choir = enter_time_off(ida.person.diary, Stretch(at(10, 15), at(10, 17)), by=OWNER, reason="Choir")
    asked = ask_for_time_off(ida.person.diary, hour_at(10, 18), by=OWNER)
    late = enter_time_off(ida.person.diary, Stretch(at(10, 23), at(11, 2)), by=OWNER)
    assert [one.session.pk for one in preview_absence(away(ida))] == [session.pk]
    arrange_absence(away(ida, reason="Flu"), prefer=[Way.CANCEL], by=OWNER)
    rows = TimeOff.objects.of(school).order_by("starts_at")
    assert [(one.during, one.status, one.reason) for one in rows] == [
        (Stretch(at(10, 0), at(10, 15)), "approved", "Flu"),
        (choir.during, "approved", "Choir"),
        (Stretch(at(10, 17), at(10, 18)), "approved", "Flu"),
        (asked.during, "approved", ""),
        (Stretch(at(10, 19), at(10, 23)), "approved", "Flu"),
        (late.during, "approved", ""),
    ]
    assert busy_of(ida) == [tuple(one.during) for one in rows]
    assert Record.objects.get(name="instructor.absent").new["times_off"] == [str(one.pk) for one in rows]
    assert broken(school) == {}
    arrange_absence(away(ida), by=OWNER)
    assert TimeOff.objects.of(school).count() == 6


def test_what_is_over_of_a_day_is_not_written_down():
    school = new_school()
    ida = new_instructor(school)
    enter_time_off(ida.person.diary, Stretch(at(10, 15), at(10, 17)), by=OWNER)
    absence = away(ida)
    with time_machine.travel(at(10, 16), tick=False):
        arrange_absence(absence, by=OWNER)
    assert busy_of(ida) == [(at(10, 15), at(10, 17)), (at(10, 17), day(10).ends_at)]
    with time_machine.travel(at(11, 16), tick=False), pytest.raises(InputRefused):
        arrange_absence(absence, by=OWNER)


def test_time_off_that_was_withdrawn_meanwhile_is_not_taken_for_approved():
    school = new_school()
    ida = new_instructor(school)
    off = enter_time_off(ida.person.diary, day(10), by=OWNER)
    withdraw_time_off(off, by=OWNER)
    with pytest.raises(TimeOffDecided):
        arrange_absence(away(ida, time_off=off), by=OWNER)
    assert busy_of(ida) == []


def test_what_has_begun_can_only_be_kept():
    school = new_school()
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(1), instructors=[ida])
    Session.objects.filter(id=session.pk).update(starts_at=at(-1))
    (found,) = preview_absence(away(ida, 1))
    assert (found.has_begun, found.substitutes, found.others, found.proposed.way) == (True, (), (), Way.KEEP)


def test_the_co_teacher_of_one_lesson_is_no_substitute_in_the_same_hour():
    school = new_school()
    course = new_course(school)
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    new_session(course, hour_at(10), instructors=[ida, tom])
    new_session(course, Stretch(at(10, 12), at(10, 13)), instructors=[ida])
    found = preview_absence(away(ida), prefer=[Way.SUBSTITUTE])
    assert [one.proposed.way for one in found] == [Way.KEEP, Way.SUBSTITUTE]
    assert found[0].substitutes == ()


def test_as_many_queries_for_three_lessons_as_for_one():
    school = new_school(buffer_after_minutes=5)
    course = new_course(school)
    ida, hall = new_instructor(school), new_resource(school)
    new_instructor(school, name="Tom Other")
    for number, hours in ((10, (10,)), (20, (10, 12, 14))):
        for hour in hours:
            session = new_session(course, hour_at(number, hour), instructors=[ida], resource=hall)
            buy_seat(session, new_student(school))
    counts = []
    for absence in (away(ida), away(ida, 20)):
        with CaptureQueriesContext(connection) as queries:
            assert preview_absence(absence)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22
