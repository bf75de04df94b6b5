"""Busy time lies around lessons, and closes over the gap when one leaves."""

import pytest

from factories import at, hour_at, new_instructor, new_school
from schoolbell.diary.busy import Clash, clashes_with, cover, re_cover
from schoolbell.diary.claims import Wanted, claim_time
from schoolbell.diary.freeing import free_time
from schoolbell.diary.models import Claim, OutsideCalendar, OutsideEvent, TimeOff
from schoolbell.diary.refusals import TimeTaken
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch

pytestmark = pytest.mark.django_db


@pytest.fixture
def diary():
    return new_instructor(new_school()).person.diary


def lesson(diary, during: Stretch):
    source = new_id()
    claim_time(diary.school_id, [Wanted(diary.pk, during, source)])
    return source


def off(diary, during: Stretch, status: str = "approved") -> TimeOff:
    row = TimeOff(
        school_id=diary.school_id, diary=diary, starts_at=during.starts_at, ends_at=during.ends_at, status=status
    )
    row.save(force_insert=True)
    return row


def busy(diary, source=None) -> list[Stretch]:
    claims = Claim.objects.filter(diary_id=diary.pk, kind="busy").order_by("during")
    if source:
        claims = claims.filter(source=source)
    return [Stretch(claim.during.lower, claim.during.upper) for claim in claims]


def test_all_of_it_is_busy_but_the_lessons_which_are_named(diary):
    first, second = lesson(diary, hour_at(10, 11)), lesson(diary, hour_at(10, 15, 30))
    lesson(diary, hour_at(10, 17))  # it begins as the busy time ends
    source = new_id()
    day = Stretch(at(10, 9), at(10, 17))
    assert cover(diary.school_id, diary.pk, source, [day]) == [
        Clash(hour_at(10, 11), first),
        Clash(hour_at(10, 15, 30), second),
    ]
    around = [
        Stretch(at(10, 9), at(10, 11)),
        Stretch(at(10, 12), at(10, 15, 30)),
        Stretch(at(10, 16, 30), at(10, 17)),
    ]
    assert busy(diary, source) == around
    assert [clash.source for clash in clashes_with(diary.school_id, diary.pk, [day])] == [first, second]


def test_doing_it_again_writes_nothing_and_a_change_writes_what_differs(diary):
    source = new_id()
    cover(diary.school_id, diary.pk, source, [hour_at(10), hour_at(11)])
    before = set(Claim.objects.values_list("id", flat=True))
    cover(diary.school_id, diary.pk, source, [hour_at(11), hour_at(10)])
    assert set(Claim.objects.values_list("id", flat=True)) == before
    cover(diary.school_id, diary.pk, source, [hour_at(11), hour_at(12)])
    assert busy(diary) == [hour_at(11), hour_at(12)]
    assert len(before & set(Claim.objects.values_list("id", flat=True))) == 1
    assert cover(diary.school_id, diary.pk, source, []) == []
    assert busy(diary) == []


def test_two_sources_may_be_busy_at_once_and_one_leaves_the_other(diary):
    one, other = new_id(), new_id()
    cover(diary.school_id, diary.pk, one, [hour_at(10, 10)])
    cover(diary.school_id, diary.pk, other, [hour_at(10, 10, 30)])
    cover(diary.school_id, diary.pk, one, [])
    assert busy(diary) == [hour_at(10, 10, 30)]


def test_a_lesson_whose_clash_was_waived_is_no_lesson_to_go_around(diary):
    waived = lesson(diary, hour_at(10))
    Claim.objects.filter(source=waived).update(waived=True)
    assert cover(diary.school_id, diary.pk, new_id(), [hour_at(10)]) == []
    assert busy(diary) == [hour_at(10)]


def test_when_a_lesson_leaves_approved_time_off_closes_over_it_and_no_other(diary):
    inside, half_out = lesson(diary, hour_at(10, 11)), lesson(diary, hour_at(10, 16, 30))
    away = off(diary, Stretch(at(10, 9), at(10, 17)))
    off(diary, Stretch(at(10, 17), at(10, 18)), "requested")
    cover(diary.school_id, diary.pk, away.pk, [away.during])
    free_time(diary.school_id, [inside, half_out])
    assert busy(diary, away.pk) == [
        Stretch(at(10, 9), at(10, 11)),
        Stretch(at(10, 11), at(10, 12)),
        Stretch(at(10, 12), at(10, 16, 30)),
        Stretch(at(10, 16, 30), at(10, 17)),
    ]
    assert len(busy(diary)) == 4
    with pytest.raises(TimeTaken):
        lesson(diary, hour_at(10, 11))
    lesson(diary, hour_at(10, 17))
    re_cover(diary.school_id, diary.pk)
    assert busy(diary) == [away.during]


def test_when_a_lesson_leaves_an_outside_event_closes_over_it(diary):
    calendar = OutsideCalendar(
        school_id=diary.school_id, diary=diary, name="Mine", url="https://example.org", timezone="UTC"
    )
    calendar.save(force_insert=True)
    for during in (hour_at(10, 9), hour_at(10, 11)):
        OutsideEvent(
            school_id=diary.school_id, calendar=calendar, starts_at=during.starts_at, ends_at=during.ends_at
        ).save(force_insert=True)
    source = lesson(diary, hour_at(10, 9, 30, minutes=120))
    re_cover(diary.school_id, diary.pk)
    assert busy(diary) == [hour_at(10, 9, minutes=30), hour_at(10, 11, 30, minutes=30)]
    free_time(diary.school_id, [source])
    assert busy(diary) == [
        hour_at(10, 9, minutes=30),
        hour_at(10, 9, 30, minutes=30),
        hour_at(10, 11, minutes=30),
        hour_at(10, 11, 30, minutes=30),
    ]
    re_cover(diary.school_id, diary.pk)
    assert busy(diary) == [hour_at(10, 9), hour_at(10, 11)]
