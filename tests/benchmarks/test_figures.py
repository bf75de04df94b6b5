"""The benches' last lines: what others read them by, from tiny schools. How fast it is, is not asked here."""

import pytest
from benchmarks.availability import Looked, as_figures, once, timed
from benchmarks.people import a_school_of, extend_twice, forget_hours, stretches_ahead, weekly_enrollments
from benchmarks.solver import Size, measure_solver
from benchmarks.timetable import LessonsAmiss, require_lessons
from benchmarks.timetable import as_figures as as_timetable_figures

pytestmark = pytest.mark.django_db
NAMED = ("server_p50_ms", "server_p99_ms", "http_p50_ms")
BESIDES = (
    *("server_cold_ms", "http_cold_ms", "http_whole_p50_ms", "http_p99_ms", "server_1x7_p50_ms", "server_1x7_p99_ms"),
    *("http_1x7_p50_ms", "http_1x7_p99_ms", "http_50x28_p50_ms", "http_50x28_p99_ms"),
)


def test_availability_prints_its_figures_by_the_number_of_claims():
    school = a_school_of("tiny", 2)
    free = stretches_ahead(school.id, school.diaries, 7)
    assert sum(len(stretches) for stretches in free().values()) >= 2 * 7
    times = timed(free, 3)
    assert len(times) == 3
    cold = [once(free, before=forget_hours) for _ in range(2)]
    looked = Looked(times, times, cold, times, times, times, times, times[0])
    figures = as_figures({20_000: looked, 10_000: looked})
    assert list(figures) == ["claims", "growth"]
    assert list(figures["claims"]) == ["10000", "20000"]
    assert [tuple(one) for one in figures["claims"].values()] == [NAMED + BESIDES] * 2
    assert figures["growth"] == 1.0
    assert "the first request" in looked.as_line()


def test_timetable_prints_its_figures_of_a_school_with_closures_pauses_and_somebody_away():
    expected = weekly_enrollments("tiny", 7, 5)
    assert expected == 7 * 4  # closed for a week; who is off on a Wednesday has lessons on Monday and Tuesday
    found = extend_twice("tiny")
    require_lessons(found, expected)
    with pytest.raises(LessonsAmiss):
        require_lessons(found, expected + 1)
    solved = measure_solver(seconds=5, progress=str, size=Size(wishes=6, instructors=5, rooms=2))
    figures = as_timetable_figures(found, solved)
    assert tuple(figures) == (
        *("lessons", "generate_s", "again_s", "peak_mib"),
        *("solver_requests", "solver_placed", "solver_s"),
    )
    assert (figures["lessons"], figures["solver_requests"]) == (expected, 6)


def test_who_is_away_is_left_out_of_what_is_expected():
    expected = weekly_enrollments("tiny", 15, 4)  # fifteen hours from Monday on: five on the Wednesday
    assert expected == 15 * 3 - 5
    require_lessons(extend_twice("tiny"), expected)
