"""A guest says anew what the school should know, a family does in the portal, the office writes more of it down, and
whoever teaches reads it."""

import re

from playwright.sync_api import expect

from factories import buy_seat
from journeys.conftest import Site, Visits
from journeys.looking import PHONE, Look
from journeys.schools import coaching_practice, coding_school, wall
from journeys.test_own_lessons import office_of, user_of
from journeys.test_portal_family import a_lesson, family
from journeys.test_public import fill_in_guest
from schoolbell.bookings.models import Booking
from schoolbell.timetable.models import Slot

QUESTION = "Anything the school should know?"


def test_notes_are_said_anew_and_read_by_who_teaches(site: Site, look: Look, visit: Visits, sign_in):
    place = coding_school()
    school, maya = place.school, place.instructors[0]
    user, leo, _mila = family(place)
    session = a_lesson(place, wall(school, 4, 16, minutes=60))
    booking = buy_seat(session, leo, notes="Leo is shy.")

    coach = coaching_practice()
    guest = visit(width=PHONE, zone="Europe/Berlin")
    guest.goto(site.url(f"/s/{coach.school.slug}/book/?session={coach.sessions[0].pk}"))
    fill_in_guest(guest, name="Kim Hartley", email="kim@hartley.example")
    guest.get_by_role("radio", name=re.compile("Later")).check()
    guest.get_by_role("button", name="Book this lesson").last.click()
    expect(guest.get_by_role("heading", name="Your time is booked.")).to_be_visible()
    guest.get_by_role("link", name="Tell the school something").click()
    look(guest, "notes-1-order")
    guest.get_by_label(QUESTION).fill("Kim reads lips.\nPlease face her.")
    guest.get_by_role("button", name="Save").click()
    expect(guest.get_by_text("Thank you: the school knows.")).to_be_visible()
    expect(guest.get_by_text("Kim reads lips.")).to_be_visible()
    look(guest, "notes-2-order-afterwards")

    parent = visit(width=PHONE, zone="Europe/Berlin")
    sign_in(parent, user)
    parent.goto(site.url(f"/s/{school.slug}/my/bookings/{booking.pk}/"))
    parent.get_by_role("link", name="Change what the school was told").click()
    expect(parent.get_by_label(QUESTION)).to_have_value("Leo is shy.")
    look(parent, "notes-3-portal")
    parent.get_by_label(QUESTION).fill("Leo is shy, and cannot have nuts.")
    parent.get_by_role("button", name="Save").click()
    expect(parent.get_by_text("Leo is shy, and cannot have nuts.")).to_be_visible()

    office = visit()
    sign_in(office, office_of(school))
    office.goto(site.url(f"/s/{school.slug}/office/bookings/{booking.pk}/"))
    look(office, "notes-4-office-booking")
    office.get_by_role("link", name="Change the notes").click()
    look(office, "notes-5-office")
    office.get_by_label("Anything to know?").fill("Leo is shy, and cannot have nuts. His uncle brings him.")
    office.get_by_role("button", name="Save").click()
    expect(office.get_by_text("The notes are saved.")).to_be_visible()

    teacher = visit(width=PHONE)
    sign_in(teacher, user_of(maya.person))
    slot = Slot.objects.get(session_id=session.pk)
    teacher.goto(site.url(f"/s/{school.slug}/teach/lessons/{slot.pk}/"))
    expect(teacher.get_by_text("His uncle brings him.")).to_be_visible()
    assert Booking.objects.of(coach.school).get().notes == "Kim reads lips.\nPlease face her."
