"""The school that a command is about."""

from schoolbell.cli.refusals import CommandRefused
from schoolbell.kit.refusals import NotFound
from schoolbell.schools.models import School
from schoolbell.schools.queries import school_by_slug


def school_called(slug: str) -> School:
    """Raises CommandRefused."""
    try:
        return school_by_slug(slug)
    except NotFound:
        raise CommandRefused(f"there is no school “{slug}”") from None
