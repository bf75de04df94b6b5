"""Who can sign in to the demo: in each school its office, an instructor, and where there are families a parent."""

from django.db import transaction
from django.db.models import Count

from schoolbell.access.staff import add_staff
from schoolbell.accounts.actions import create_user
from schoolbell.accounts.queries import user_by_email
from schoolbell.bookings.models import Booking
from schoolbell.people.actions import link_user
from schoolbell.people.models import Client, Instructor
from schoolbell.schools.actor import SYSTEM, Role
from schoolbell.schools.models import School

PASSWORD = "ring-the-bell"  # noqa: S105 - of the demo, which it is printed for
AREAS = ("office", "teach", "my")


def address(area: str, slug: str) -> str:
    return f"{area}@{slug}.example.org"


@transaction.atomic
def add_accounts(school: School) -> None:
    """The school's owner, its first instructor, and the client with the most bookings. Done once."""
    if user_by_email(address("office", school.slug)):
        return
    add_staff(school, create_user(address("office", school.slug), PASSWORD), Role.OWNER, by=SYSTEM)
    instructor = Instructor.objects.of(school).select_related("person").order_by("id").first()
    if instructor:
        link_user(instructor.person, create_user(address("teach", school.slug), PASSWORD), by=SYSTEM)
    busiest = (
        Booking.objects.of(school)
        .values("client_id")
        .annotate(count=Count("id"))
        .order_by("-count", "client_id")
        .values_list("client_id", flat=True)
        .first()
    )
    if busiest:
        client = Client.objects.of(school).select_related("person").get(id=busiest)
        link_user(client.person, create_user(address("my", school.slug), PASSWORD), by=SYSTEM)
