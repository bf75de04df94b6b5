"""Opening hours: wall-clock rules over clock changes, with first and last days, up to midnight."""

import datetime as dt

import pytest

from factories import OWNER, at, be_busy, hour_at, new_instructor, new_school
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.claims import Wanted, claim_time
from schoolbell.diary.freeing import free_time
from schoolbell.diary.hours import open_stretches
from schoolbell.diary.models import Claim, OpeningHours
from schoolbell.diary.queries import free_stretches
from schoolbell.diary.refusals import TimeTaken
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch, now


def rule(starts: str, ends: str, timezone: str = "Europe/London", **more: object) -> OpeningHours:
    return OpeningHours(
        starts=dt.time.fromisoformat(starts), ends=dt.time.fromisoformat(ends), timezone=timezone, **more
    )


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def opened(rules: list[OpeningHours], first: str, last: str) -> list[str]:
    return [
        f"{one.starts_at:%m-%d %H:%M}–{one.ends_at:%m-%d %H:%M}"
        for one in open_stretches(rules, Stretch(utc(first), utc(last)))
    ]


def test_hours_stay_where_they_are_on_the_wall_when_the_clocks_change():
    sundays = rule("09:00", "12:00", weekday=7)
    assert opened([sundays], "2026-03-22", "2026-04-01") == ["03-22 09:00–03-22 12:00", "03-29 08:00–03-29 11:00"]


def test_a_night_in_which_the_clocks_go_forward_is_an_hour_shorter_and_back_an_hour_longer():
    night = rule("00:00", "06:00", weekday=7)
    assert opened([night], "2026-03-28T12:00", "2026-03-29T12:00") == ["03-29 00:00–03-29 05:00"]
    assert opened([night], "2026-10-24T12:00", "2026-10-25T12:00") == ["10-24 23:00–10-25 06:00"]


def test_hours_that_lie_in_the_gap_are_moved_by_it_and_hours_that_end_where_they_then_start_are_none():
    assert opened([rule("01:15", "01:45", weekday=7)], "2026-03-29", "2026-03-30") == ["03-29 01:15–03-29 01:45"]
    assert opened([rule("01:30", "02:15", weekday=7)], "2026-03-29", "2026-03-30") == []


def test_midnight_at_the_end_is_the_end_of_the_day():
    evening = rule("20:00", "00:00", weekday=1)
    assert opened([evening], "2026-01-05", "2026-01-12") == ["01-05 20:00–01-06 00:00"]
    assert opened([evening], "2026-01-05T22:00", "2026-01-05T23:00") == ["01-05 22:00–01-05 23:00"]


def test_a_whole_day_and_the_next_are_one_stretch():
    days = [rule("00:00", "00:00", weekday=day) for day in (1, 2)]
    assert opened(days, "2026-01-04", "2026-01-12") == ["01-05 00:00–01-07 00:00"]


def test_first_and_last_day_are_included():
    valid = rule("09:00", "10:00", weekday=1, valid_from=dt.date(2026, 1, 5), valid_until=dt.date(2026, 1, 19))
    assert opened([valid], "2025-12-29", "2026-02-01") == [
        f"01-{day} 09:00–01-{day} 10:00" for day in ("05", "12", "19")
    ]


def test_hours_on_one_date_hold_on_that_date_of_their_own_zone():
    tokyo = rule("08:00", "10:00", "Asia/Tokyo", date=dt.date(2026, 1, 5))
    assert opened([tokyo], "2026-01-01", "2026-01-31") == ["01-04 23:00–01-05 01:00"]
    kiritimati = rule("00:00", "00:00", "Pacific/Kiritimati", date=dt.date(2026, 1, 5))
    assert opened([kiritimati], "2026-01-04T09:00", "2026-01-05T12:00") == ["01-04 10:00–01-05 10:00"]
    honolulu = rule("20:00", "00:00", "Pacific/Honolulu", date=dt.date(2026, 1, 5))
    assert opened([honolulu], "2026-01-06T09:00", "2026-01-07") == ["01-06 09:00–01-06 10:00"]


def test_hours_that_touch_or_overlap_in_different_zones_are_joined():
    rules = [rule("09:00", "12:00", weekday=1), rule("11:00", "14:00", "Europe/Paris", weekday=1)]
    assert opened(rules, "2026-01-05", "2026-01-06") == ["01-05 09:00–01-05 13:00"]


def test_hours_are_cut_to_what_was_asked_for():
    assert opened([rule("09:00", "12:00", weekday=1)], "2026-01-05T10:00", "2026-01-05T11:00") == [
        "01-05 10:00–01-05 11:00"
    ]


@pytest.mark.django_db
class TestAdding:
    @pytest.fixture
    def diary(self):
        return new_instructor(new_school(), hours=False).person.diary

    def add(self, diary, starts: str, ends: str, **more: object) -> OpeningHours:
        starts, ends = dt.time.fromisoformat(starts), dt.time.fromisoformat(ends)
        return add_opening_hours(diary, **{"starts": starts, "ends": ends, "timezone": "UTC", "by": OWNER} | more)

    def test_hours_of_one_day_do_not_overlap(self, diary):
        self.add(diary, "09:00", "12:00", weekday=1)
        for starts, ends in (("08:00", "09:01"), ("11:59", "13:00"), ("10:00", "11:00"), ("08:00", "00:00")):
            with pytest.raises(InputRefused):
                self.add(diary, starts, ends, weekday=1)
        self.add(diary, "12:00", "00:00", weekday=1)
        self.add(diary, "09:00", "12:00", weekday=2)
        assert OpeningHours.objects.filter(diary_id=diary.pk).count() == 3

    def test_a_date_is_closed_in_the_middle_of_the_hours_that_it_opens_but_not_twice(self, diary):
        day = (now() + dt.timedelta(days=9)).date()
        self.add(diary, "09:00", "17:00", date=day)
        self.add(diary, "12:00", "13:00", date=day, closes=True)
        for opens_or_closes in ({"closes": True}, {}):
            with pytest.raises(InputRefused):
                self.add(diary, "12:30", "14:00", date=day, **opens_or_closes)
        self.add(diary, "13:00", "14:00", date=day, closes=True)
        assert opened(list(OpeningHours.objects.filter(diary_id=diary.pk)), f"{day}", f"{day + dt.timedelta(1)}") == [
            f"{day:%m-%d} 09:00–{day:%m-%d} 12:00",
            f"{day:%m-%d} 14:00–{day:%m-%d} 17:00",
        ]

    @pytest.mark.parametrize(
        ("weekday", "starts", "ends", "timezone", "meets"),
        [
            (1, "09:00", "12:00", "Asia/Tokyo", False),  # the night before, in London
            (1, "22:00", "00:00", "America/New_York", True),  # 03:00 to 05:00 on Tuesday
            (1, "20:00", "22:00", "America/New_York", False),
            (2, "11:45", "12:15", "Pacific/Auckland", False),  # 22:45 to 23:15, or an hour sooner or two
            (2, "16:00", "17:00", "Pacific/Auckland", True),  # 04:00 to 05:00, but only in July
        ],
    )
    def test_hours_in_two_zones_overlap_where_they_do_at_some_time_of_the_year(
        self, diary, weekday, starts, ends, timezone, meets
    ):
        london = {"by": OWNER, "timezone": "Europe/London"}
        add_opening_hours(diary, weekday=1, starts=dt.time(9), ends=dt.time(12), **london)
        add_opening_hours(diary, weekday=2, starts=dt.time(4), ends=dt.time(8), **london)
        times = {"starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}
        if not meets:
            add_opening_hours(diary, weekday=weekday, timezone=timezone, by=OWNER, **times)
            return
        with pytest.raises(InputRefused) as refused:
            add_opening_hours(diary, weekday=weekday, timezone=timezone, by=OWNER, **times)
        said = "These hours overlap others of that day: 04:00–08:00 Europe/London."
        assert refused.value.errors == {"starts": [said]}

    def test_hours_in_two_zones_overlap_only_while_both_hold(self, diary):
        self.add(diary, "09:00", "12:00", weekday=1, valid_until=dt.date(2027, 1, 31))
        paris = {"starts": dt.time(9), "ends": dt.time(12), "timezone": "Europe/Paris", "by": OWNER}
        add_opening_hours(diary, weekday=1, valid_from=dt.date(2027, 2, 1), **paris)
        with pytest.raises(InputRefused):
            add_opening_hours(diary, weekday=1, valid_from=dt.date(2027, 1, 25), **paris)

    def test_hours_that_never_hold_are_refused(self, diary):
        def refused(starts: str, ends: str, **more: object) -> dict[str, list[str]]:
            with pytest.raises(InputRefused) as refusal:
                self.add(diary, starts, ends, **more)
            return {name: [str(one) for one in said] for name, said in refusal.value.errors.items()}

        tuesday, a_day = dt.date(2027, 3, 2), dt.timedelta(days=1)
        assert refused("09:00", "12:00", weekday=1, valid_from=tuesday, valid_until=tuesday + a_day) == {
            "valid_until": ["There is no such weekday from the first day to the last."]
        }
        self.add(diary, "09:00", "12:00", weekday=1, valid_from=tuesday, valid_until=tuesday + 6 * a_day)
        assert refused("09:00", "12:00", date=now().date() - a_day) == {
            "date": ["That day is over. Choose today or a later one."]
        }
        for hours in (("01:00", "01:30"), ("01:30", "02:00"), ("01:00", "02:00")):
            assert refused(*hours, date=dt.date(2027, 3, 28), timezone="Europe/London") == {
                "starts": ["The clocks skip these hours on that day."]
            }
        self.add(diary, "00:30", "01:30", date=dt.date(2027, 3, 28), timezone="Europe/London")

    def test_hours_may_follow_each_other_in_their_validity_but_not_share_a_day(self, diary):
        self.add(diary, "09:00", "12:00", weekday=1, valid_until=dt.date(2026, 1, 31))
        with pytest.raises(InputRefused):
            self.add(diary, "09:00", "12:00", weekday=1, valid_from=dt.date(2026, 1, 31))
        self.add(diary, "09:00", "12:00", weekday=1, valid_from=dt.date(2026, 2, 1))


@pytest.mark.django_db
class TestClaims:
    @pytest.fixture
    def school(self):
        return new_school()

    @pytest.fixture
    def diary_id(self, school):
        return new_instructor(school).person.diary_id

    def test_lessons_that_touch_do_not_clash_and_lessons_that_overlap_do(self, school, diary_id):
        claim_time(school.pk, [Wanted(diary_id, hour_at(10, 10), new_id())])
        claim_time(school.pk, [Wanted(diary_id, hour_at(10, 11), new_id())])
        for clash in (
            hour_at(10, 9, 30),
            hour_at(10, 10),
            hour_at(10, 10, 15, minutes=15),
            hour_at(10, 9, minutes=300),
        ):
            with pytest.raises(TimeTaken):
                claim_time(school.pk, [Wanted(diary_id, clash, new_id())])
        assert Claim.objects.of(school).count() == 2

    def test_all_of_it_is_claimed_or_nothing(self, school, diary_id):
        other = new_instructor(school).person.diary_id
        claim_time(school.pk, [Wanted(other, hour_at(10), new_id())])
        with pytest.raises(TimeTaken):
            claim_time(school.pk, [Wanted(diary_id, hour_at(10), new_id()), Wanted(other, hour_at(10), new_id())])
        assert Claim.objects.of(school).count() == 1

    def test_time_off_and_lessons_exclude_each_other_and_times_off_may_overlap(self, school, diary_id):
        be_busy(diary_id, school, hour_at(10))
        be_busy(diary_id, school, hour_at(10, 10, 30))
        with pytest.raises(TimeTaken):
            claim_time(school.pk, [Wanted(diary_id, hour_at(10, 11), new_id())])
        claim_time(school.pk, [Wanted(diary_id, hour_at(10, 11, 30), new_id())])

    def test_a_claim_that_was_waived_is_in_nobodys_way(self, school, diary_id):
        source = new_id()
        claim_time(school.pk, [Wanted(diary_id, hour_at(10), source)])
        Claim.objects.filter(source=source).update(waived=True)
        claim_time(school.pk, [Wanted(diary_id, hour_at(10), new_id())])

    def test_what_is_given_back_can_be_taken_again(self, school, diary_id):
        source = new_id()
        claim_time(school.pk, [Wanted(diary_id, hour_at(10), source)])
        free_time(school.pk, [source])
        claim_time(school.pk, [Wanted(diary_id, hour_at(10), new_id())])

    def test_free_time_is_what_is_open_less_what_is_taken(self, school, diary_id):
        overdue = new_id()
        claim_time(school.pk, [Wanted(diary_id, hour_at(10, 10), new_id()), Wanted(diary_id, hour_at(10, 14), overdue)])
        be_busy(diary_id, school, hour_at(10, 11, 30))
        day = Stretch(at(10, 9), at(10, 16))
        free = [
            Stretch(at(10, 9), at(10, 10)),
            Stretch(at(10, 11), at(10, 11, 30)),
            Stretch(at(10, 12, 30), at(10, 14)),
        ]
        late = Stretch(at(10, 15), at(10, 16))
        assert free_stretches(school.pk, [diary_id], day) == {diary_id: [*free, late]}
        assert free_stretches(school.pk, [diary_id], day, overdue=[overdue]) == {
            diary_id: [*free[:2], Stretch(at(10, 12, 30), at(10, 16))]
        }
        assert free_stretches(school.pk, [diary_id], day, ignore_claims=True) == {diary_id: [day]}
        assert free_stretches(school.pk, [], day) == {}

    def test_a_diary_without_hours_is_closed_for_a_person_and_open_for_a_room(self, school):
        closed = new_instructor(school, hours=False).person.diary_id
        day = Stretch(at(10, 9), at(10, 16))
        assert free_stretches(school.pk, [closed], day) == {}
        assert free_stretches(school.pk, [closed], day, always_open=True) == {closed: [day]}
