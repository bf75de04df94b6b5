"""No page asks a phone for more than 100 KB of script."""

import re
from pathlib import Path

from django.contrib.staticfiles.finders import find
from django.test import Client as Browser

from factories import buy_seat, new_client, new_course, new_instructor, new_lessons, new_session, new_student, pay_for
from schoolbell.billing.models import Order
from schoolbell.schools.models import School
from web.office.conftest import as_person, as_staff

MOST = 100_000


def scripts(browser: Browser, path: str) -> list[str]:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return re.findall(r'<script src="/static/([^"?]+)\?v=', answer.content.decode())


def size(names: list[str]) -> int:
    return sum(Path(find(name)).stat().st_size for name in names)


def test_every_kind_of_page_stays_below_100_kb(school: School):
    course, ida = new_course(school), new_instructor(school)
    lesson = new_lessons(school)
    session = new_session(course, instructors=[ida])
    client = new_client(school)
    booking = buy_seat(session, new_student(school, guardian=client))
    pay_for(booking)
    order = Order.objects.of(school).get()
    base = f"/s/{school.slug}/"
    pages = {
        Browser(): ["/", "/sign-in", "/api/docs", base, f"{base}courses/{course.pk}/", f"{base}courses/{lesson.pk}/",
                    f"{base}book/?session={session.pk}"],
        as_person(client.person): [f"{base}my/", f"{base}my/bookings/", f"{base}my/bookings/{booking.pk}/",
                                   f"{base}my/payments/", f"{base}orders/{order.pk}/"],
        as_person(ida.person): [f"{base}teach/", f"{base}teach/week/", f"{base}teach/hours/"],
        as_staff(school): [f"{base}office/{part}" for part in (
            "", "calendar/", "calendar/?view=day", "bookings/", f"bookings/{booking.pk}/", "sessions/",
            f"sessions/{session.pk}/", "sessions/new/", "families/", "students/", "instructors/", "courses/",
            "resources/", "files/", "find/", "weekly/new/", "requests/new/", f"bookings/new/?session={session.pk}",
        )],
    }  # fmt: skip
    sizes = {path: size(scripts(browser, path)) for browser, paths in pages.items() for path in paths}
    assert {path: bytes_ for path, bytes_ in sizes.items() if bytes_ > MOST} == {}
    # Only where a part of the page is swapped does htmx come along.
    swapped = [*(f"{base}courses/{one.pk}/" for one in (course, lesson)), f"{base}book/?session={session.pk}"]
    assert [path for path in sizes if sizes[path] > 10_000] == swapped
