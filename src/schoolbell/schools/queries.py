"""Reads of schools."""

from schoolbell.kit.refusals import NotFound
from schoolbell.schools.models import School


def school_by_slug(slug: str) -> School:
    """Raises NotFound."""
    try:
        return School.objects.get(slug=slug)
    except School.DoesNotExist:
        raise NotFound(slug) from None
