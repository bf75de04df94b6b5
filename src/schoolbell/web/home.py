"""The front page of an installation: its schools, and where the API is explained."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from schoolbell.catalogue.queries import course_names
from schoolbell.schools.models import School
from schoolbell.web.public.pages import page_of

SCHOOLS_ON_A_PAGE = 24


def home(request: HttpRequest) -> HttpResponse:
    """Every school with what it teaches."""
    page = page_of(School.objects.order_by("name", "id"), request, size=SCHOOLS_ON_A_PAGE)
    names = course_names([school.pk for school in page.items], most=3)
    schools = [{"school": school, "courses": names[school.pk]} for school in page.items]
    return render(request, "web/home.html", {"schools": schools, "page": page})
