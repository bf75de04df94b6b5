"""Lessons that lie in time that is closed or taken, and what speaks against moving one."""

from collections.abc import Iterable, Sequence
from typing import Any

from schoolbell.api.types import shown
from schoolbell.people.models import Student
from schoolbell.planning.moves import MoveClash
from schoolbell.planning.refusals import MoveClashes
from schoolbell.planning.skipped import PlannedLesson
from schoolbell.timetable.models import Slot


def show_lessons(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    return [
        {
            "session": str(slot.session_id),
            "slot": str(slot.pk),
            "course": {"id": str(slot.session.course_id), "name": slot.session.course.name},
            "starts_at": shown(slot.starts_at),
            "ends_at": shown(slot.ends_at),
        }
        for slot in slots
    ]


def show_students(students: Iterable[Student]) -> list[dict[str, str]]:
    return [{"id": str(one.pk), "name": one.person.name} for one in students]


def show_clash(clash: MoveClash) -> dict[str, Any]:
    return {
        "session": str(clash.session.pk),
        "who": clash.who,
        "student": str(clash.student.pk) if clash.student else None,
        "starts_at": shown(clash.during.starts_at),
        "ends_at": shown(clash.during.ends_at),
        "code": clash.refusal.code if clash.refusal else MoveClashes.code,
        "detail": clash.sentence,
    }


def show_planned(lessons: Sequence[PlannedLesson]) -> list[dict[str, Any]]:
    return [
        {
            "occurrence_on": one.day.isoformat(),
            "starts_at": shown(one.during.starts_at),
            "ends_at": shown(one.during.ends_at),
            "reason": one.reason or None,
            "taken": [
                {"who": who, "starts_at": shown(during.starts_at), "ends_at": shown(during.ends_at)}
                for who, during in one.taken
            ],
            "alternatives": [
                {"starts_at": shown(during.starts_at), "ends_at": shown(during.ends_at)} for during in one.alternatives
            ],
        }
        for one in lessons
    ]
