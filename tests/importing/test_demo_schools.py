"""Five schools with a year behind them come out whole and go in elsewhere."""

import pytest

from importing.files import bad, everything_holds, exported, files_of, take_in
from schoolbell.demo import FILLERS, fill
from schoolbell.kit.time import now
from schoolbell.schools.actions import create_school
from schoolbell.schools.queries import school_by_slug


@pytest.mark.slow
@pytest.mark.django_db
def test_every_school_of_the_demo():
    fill(now().date(), progress=lambda _sentence: None)
    for slug in FILLERS:
        school = school_by_slug(slug)
        files = exported(school)
        again = take_in(school, *files_of(files))
        assert [(one.kind, bad(one), one.changes) for one in again.files if not one.changes_nothing] == [], slug
        other = create_school(
            f"{slug}-elsewhere", name=slug, preset=school.preset, timezone=school.timezone, currency=school.currency
        )
        done = take_in(other, *files_of(files))
        assert [(one.kind, one.refused, bad(one)) for one in done.files if one.is_refused] == [], slug
        assert exported(other) == files, slug
    everything_holds()
