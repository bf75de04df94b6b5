"""A clash is waived as long as it is one: when what it lay over goes, the student is taken by what was waived."""

import pytest

from factories import OWNER, hour_at, new_instructor, new_school
from schoolbell.diary.busy import cover
from schoolbell.diary.claims import Wanted, claim_time, taken_by
from schoolbell.diary.freeing import free_time, give_back
from schoolbell.diary.models import Claim, Diary
from schoolbell.diary.refusals import TimeTaken
from schoolbell.diary.time_off import enter_time_off, withdraw_time_off
from schoolbell.diary.waived import claim_or_waive, hold_waived, lock_below
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch

pytestmark = pytest.mark.django_db


@pytest.fixture
def diary() -> Diary:
    return new_instructor(new_school()).person.diary


def lesson(diary: Diary, during: Stretch) -> Wanted:
    wanted = Wanted(diary.pk, during, new_id())
    claim_time(diary.school_id, [wanted])
    return wanted


def despite(diary: Diary, *stretches: Stretch) -> list[Wanted]:
    wanted = [Wanted(diary.pk, during, new_id()) for during in stretches]
    claim_or_waive(diary.school_id, wanted)
    return wanted


def waived(diary: Diary) -> set[Wanted]:
    rows = Claim.objects.filter(diary_id=diary.pk, waived=True)
    return {Wanted(diary.pk, Stretch(one.during.lower, one.during.upper), one.source) for one in rows}


def test_only_what_lies_over_something_else_is_waived(diary):
    lesson(diary, hour_at(10))
    over, beside = despite(diary, hour_at(10, 10, 30), hour_at(10, 12))
    assert waived(diary) == {over}
    assert taken_by(diary.school_id, [over.source, beside.source]) == {beside}
    assert lock_below(diary.school_id, [over, beside]) == {over, beside}  # by then it lies over itself


def test_of_two_that_are_taken_at_once_one_is_waived(diary):
    first, second = despite(diary, hour_at(10), hour_at(10, 10, 30))
    assert waived(diary) == {second}
    assert taken_by(diary.school_id, [first.source]) == {first}


def test_when_what_it_lay_over_goes_it_is_taken(diary):
    below = lesson(diary, hour_at(10))
    (over,) = despite(diary, hour_at(10, 10, 30))
    free_time(diary.school_id, [below.source])
    assert (waived(diary), taken_by(diary.school_id, [over.source])) == (set(), {over})
    assert Claim.objects.filter(diary_id=diary.pk).count() == 1
    with pytest.raises(TimeTaken):
        lesson(diary, hour_at(10, 11))


def test_it_stays_waived_as_long_as_anything_is_below(diary):
    early, late = lesson(diary, hour_at(10)), lesson(diary, hour_at(10, 11))
    (over,) = despite(diary, hour_at(10, 10, 30))
    free_time(diary.school_id, [early.source])
    assert waived(diary) == {over}
    free_time(diary.school_id, [late.source])
    assert waived(diary) == set()


def test_of_two_that_lie_over_each_other_one_is_taken_and_the_other_follows_it(diary):
    below = lesson(diary, hour_at(10, 10, minutes=120))
    first, second, beside = despite(diary, hour_at(10), hour_at(10, 10, 30), hour_at(10, 11))
    assert waived(diary) == {first, second, beside}
    free_time(diary.school_id, [below.source])
    assert waived(diary) == {second}
    free_time(diary.school_id, [first.source])
    assert waived(diary) == {second}
    free_time(diary.school_id, [beside.source])
    assert waived(diary) == set()


def test_when_time_off_is_withdrawn_it_is_taken(diary):
    away = enter_time_off(diary, hour_at(10, 9, minutes=180), by=OWNER)
    (over,) = despite(diary, hour_at(10))
    assert waived(diary) == {over}
    withdraw_time_off(away, by=OWNER)
    assert (waived(diary), taken_by(diary.school_id, [over.source])) == (set(), {over})


def test_when_an_outside_event_is_shorter_it_is_taken(diary):
    source = new_id()
    cover(diary.school_id, diary.pk, source, [hour_at(10, 9, minutes=180)])
    (over,) = despite(diary, hour_at(10, 11))
    cover(diary.school_id, diary.pk, source, [hour_at(10, 9)])
    assert (waived(diary), taken_by(diary.school_id, [over.source])) == (set(), {over})


def test_where_busy_time_closes_over_the_gap_it_stays_waived(diary):
    below = lesson(diary, hour_at(10))
    enter_time_off(diary, hour_at(10, 9, minutes=180), by=OWNER)
    (over,) = despite(diary, hour_at(10))
    free_time(diary.school_id, [below.source])
    assert waived(diary) == {over}


def test_whoever_gives_time_back_for_other_time_takes_that_first(diary):
    below = lesson(diary, hour_at(10))
    (over,) = despite(diary, hour_at(10))
    freed = give_back(diary.school_id, [below.source])
    lesson(diary, hour_at(10, 10, 30))
    hold_waived(diary.school_id, freed)
    assert waived(diary) == {over}


def test_nobody_elses_diary_is_looked_at(diary):
    other = new_instructor(new_school()).person.diary
    lesson(other, hour_at(10))
    (theirs,) = despite(other, hour_at(10))
    below = lesson(diary, hour_at(10))
    free_time(diary.school_id, [below.source])
    assert waived(other) == {theirs}


def test_giving_time_back_asks_once_more_and_no_further_where_nothing_was_waived(diary, django_assert_num_queries):
    below = lesson(diary, hour_at(10))
    freed = give_back(diary.school_id, [below.source])
    with django_assert_num_queries(1):
        hold_waived(diary.school_id, freed)
    with django_assert_num_queries(0):
        hold_waived(diary.school_id, [])
