"""What stands where nothing is: within a school, the school's own page of it."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from schoolbell.kit.refusals import NotFound
from schoolbell.schools.models import School
from schoolbell.schools.queries import school_by_slug


def school_at(path: str) -> School | None:
    """Whose page an address would be."""
    found = re.match(r"/s/([a-z0-9-]{1,50})/", path)
    try:
        return school_by_slug(found[1]) if found else None
    except NotFound:
        return None


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", {"school": school_at(request.path)}, status=404)
