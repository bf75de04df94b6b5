"""`/s/{school}/school.css`: the one colour that a school's pages derive theirs from."""

from django.http import HttpRequest, HttpResponse

from schoolbell.web.entry import enter


def school_css(request: HttpRequest, slug: str) -> HttpResponse:
    school = enter(request, slug).school
    response = HttpResponse(f":root{{--school:{school.colour}}}", content_type="text/css")
    response["Cache-Control"] = "public, max-age=300"
    return response
