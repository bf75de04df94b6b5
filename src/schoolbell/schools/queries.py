"""Reads of schools."""

from uuid import UUID

from schoolbell.kit.refusals import NotFound
from schoolbell.schools.models import School


def school_by_slug(slug: str) -> School:
    """Without what its policies once were, which grows with the years and few ask for. Raises NotFound."""
    try:
        return School.objects.defer("former_policies").get(slug=slug)
    except School.DoesNotExist:
        raise NotFound(slug) from None


def lock_school(school_id: UUID) -> School:
    """As it is now, for nobody else to change until this transaction is over. Its own rows are locked after it."""
    return School.objects.select_for_update(no_key=True).get(id=school_id)
