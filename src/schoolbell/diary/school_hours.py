"""The school's own hours, and their diary. When it is open: `opening`."""

from schoolbell.diary.models import Diary, OpeningHours, SchoolDiary
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows


def hours_of_school(school: School) -> SchoolRows[OpeningHours]:
    """The school's own hours."""
    return OpeningHours.objects.of(school).filter(diary_id__in=SchoolDiary.objects.of(school).values("diary_id"))


def school_diary(school: School) -> Diary:
    """The diary of the school's own hours, made on first use."""
    found = _school_diary(school)
    if found is not None:
        return found
    diary = Diary(school_id=school.pk)
    diary.save(force_insert=True)
    SchoolDiary.objects.bulk_create([SchoolDiary(school_id=school.pk, diary=diary)], ignore_conflicts=True)
    # Of two that made one at once, the later takes the earlier's; a diary that nobody knows of hurts nobody.
    return _school_diary(school) or diary


def _school_diary(school: School) -> Diary | None:
    row = SchoolDiary.objects.of(school).select_related("diary").first()
    return row.diary if row else None
