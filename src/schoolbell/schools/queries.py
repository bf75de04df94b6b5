"""Reads of schools."""

from schoolbell.kit.refusals import NotFound
from schoolbell.schools.models import School


def school_by_slug(slug: str) -> School:
    """Without what its policies once were, which grows with the years and few ask for. Raises NotFound."""
    try:
        return School.objects.defer("former_policies").get(slug=slug)
    except School.DoesNotExist:
        raise NotFound(slug) from None
