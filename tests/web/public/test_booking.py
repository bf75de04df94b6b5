"""Booking on the school's front: by guests and clients, for one and for several, and when it cannot be."""

import datetime as dt
import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    OWNER,
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    slots_of,
)
from invariants import broken
from schoolbell.access.school import change_school
from schoolbell.accounts.actions import create_user
from schoolbell.billing.models import Order, PaymentRequest
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.models import Booking
from schoolbell.bookings.sessions import cancel_session
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.kit.time import now
from schoolbell.people.actions import link_user
from schoolbell.people.models import Client, Guardianship, Student
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from schoolbell.web.templatetags.words import when
from web.public.visitors import GUEST, Fields, Visitor, links, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def three_days(school: School, *, capacity: int = 8, **course: object) -> Session:
    taught = new_course(
        school, **{"name": "First Aid at Work", "price": 22000, "price_per": "course", "tax_rate": 2000} | course
    )
    return new_session(taught, hour_at(14), hour_at(15), hour_at(16), capacity=capacity)


def form_of(session: Session) -> str:
    return f"/s/{session.course.school.slug}/book/?session={session.pk}"


def lesson_form(school: School, course: object, start: dt.datetime, **query: object) -> str:
    return f"/s/{school.slug}/book/?" + urlencode(
        {"course": course.pk, "starts_at": f"{start:%Y-%m-%dT%H:%MZ}"} | query
    )


def signed_in(school: School, client: Client) -> Visitor:
    user = create_user(f"{client.pk}@example.org", "a-long-way-home")
    link_user(client.person, user, by=SYSTEM)
    visitor = Visitor()
    visitor.client.force_login(user)
    return visitor


@pytest.mark.parametrize(
    ("preset", "way", "due"),
    [
        ("coaching", None, "By card, now €89.00"),
        ("coaching", "later", "To pay when it suits you €89.00"),
        ("driving", None, "Deposit by card, now A$30.00 By the lesson A$59.00"),
        ("driving", "card", "By card, now A$89.00"),
        ("driving", "transfer", "By bank transfer, while it is held A$30.00 By the lesson A$59.00"),
        ("first-aid", "desk", "At the school, while it is held £89.00"),
        ("first-aid", "shells", "To pay now £89.00"),
    ],
)
def test_the_sum_says_when_it_is_paid_in_the_way_that_is_chosen(visitor: Visitor, preset: str, way: str, due: str):
    school = new_school(preset)
    course = new_course(school, price=8900, deposit=3000, type="FAW" if preset == "first-aid" else "")
    path = form_of(new_session(course, hour_at(9)))
    chosen = {"pay_with": way} if way else {}
    html = visitor.send(path, visitor.fill(path, do="count", **chosen), 200) if way else visitor.get(path)
    wide = text(html[html.index('id="order"') : html.index("</aside>")]).rpartition("Your order")[2]
    assert wide.endswith(due)
    assert "htmx" in html


def test_the_form_explains_the_price_and_the_ways_to_pay(visitor: Visitor):
    school = new_school("first-aid", timezone="Europe/London")
    session = three_days(school, type="FAW")
    said = text(visitor.get(form_of(session)))
    assert "First Aid at Work ₹".replace("₹", "£") + "220.00 Before VAT £183.33 VAT 20% £36.67 Total £220.00" in said
    assert "By card, now £220.00" in said
    assert "By card £220.00 now" in said
    assert "Bank transfer nothing now Held until" in said
    assert "Cancel free of charge until 7 days before." in said
    assert "8 left in all" in said


def test_a_guest_books_for_themselves_and_goes_on_to_the_card(visitor: Visitor, school: School):
    session = three_days(school)
    where = visitor.book(form_of(session))
    order = Order.objects.of(school).get()
    assert where == f"/s/{school.slug}/orders/{order.pk}/pay"
    booking = Booking.objects.of(school).get()
    assert (booking.status, booking.student.person.name) == ("pending", "Samira Hartley")
    assert booking.student.person.birth_date == dt.date(1990, 5, 1)
    assert (booking.client.person.email, booking.client.person.phone) == ("samira@hartley.example", "020 7946 0000")
    assert order.placed_from == "127.0.0.1"


def test_a_guest_books_for_a_child_whose_age_suits(visitor: Visitor, school: School):
    session = three_days(school, age_min=7, age_max=12)
    values = {"for_whom": "child", "seat-1-name": "Mia Hartley"}
    path = form_of(session)
    html = visitor.send(path, visitor.fill(path, **values, **{"seat-1-born_on": "1980-01-01"}), status=422)
    assert "This course is for students up to 12 years of age." in text(html)
    assert 'value="Mia Hartley"' in html
    html = visitor.send(path, visitor.fill(path, **values), status=422)
    assert "We need it to see whether the course suits the age." in text(html)
    assert Order.objects.of(school).count() == 0
    visitor.book(path, **values, **{"seat-1-born_on": (now().date() - dt.timedelta(days=3300)).isoformat()})
    booking = Booking.objects.of(school).get()
    assert (booking.student.person.name, booking.client.person.name) == ("Mia Hartley", "Samira Hartley")
    assert Guardianship.objects.of(school).get().relationship == "parent"


def test_an_employer_adds_seats_and_pays_for_all_in_one(visitor: Visitor, school: School):
    session = three_days(school)
    path = form_of(session)
    values = visitor.fill(path, for_whom="staff", company="Hartley & Rowe") | {"seat-1-name": "Marek Nowak"}
    html = visitor.send(path, values | {"do": "add"}, status=200)
    assert 'value="Marek Nowak"' in html
    assert "things to put right" not in html
    assert "2 seats × ₹220.00" in text(html)
    values |= {"seats": "3", "seat-2-name": "Tom Baker", "seat-3-name": "Ann Bell"}
    assert "3 seats × ₹220.00 ₹660.00" in text(visitor.send(path, values | {"do": "count"}, status=200))
    where = visitor.send(path, values)
    order = Order.objects.of(school).get()
    assert (order.total, Booking.objects.of(school).count()) == (66000, 3)
    assert Client.objects.of(school).get().person.organisation == "Hartley & Rowe"
    assert visitor.pay(where) == f"/s/{school.slug}/orders/{order.pk}/"
    assert set(Booking.objects.of(school).values_list("status", flat=True)) == {"confirmed"}
    assert broken(school) == {}


def test_what_is_wrong_is_told_beside_the_field_and_what_was_typed_stays(visitor: Visitor, school: School):
    session = three_days(school)
    path = form_of(session)
    values = visitor.fill(path, name="", email="tom@hartley", phone="12", for_whom="staff", company="")
    html = visitor.send(path, values | {"seat-1-name": "<b>Marek</b>", "pay_with": "gold"}, status=422)
    said = text(html)
    assert "5 things to put right." in said
    assert said.count("This address looks unfinished.") == 2  # in the summary, and beside the field
    assert "This number looks too short." in said
    assert "Give the company’s name." in said
    assert 'value="tom@hartley"' in html
    assert 'value="&lt;b&gt;Marek&lt;/b&gt;"' in html
    assert 'aria-invalid="true"' in html
    assert Student.objects.of(school).count() == 0


def test_of_several_seats_it_is_told_which_one_has_no_name(visitor: Visitor, school: School):
    path = form_of(three_days(school))
    values = visitor.fill(path, for_whom="staff", company="Acme", seats="3")
    said = text(visitor.send(path, values | {"seat-2-name": "Marek Vale"}, status=422))
    assert "Seat 1, name: Say who is coming. Seat 3, name: Say who is coming." in said
    assert "put right. Name: Say who is coming." in text(visitor.send(path, values | {"seats": "1"}, status=422))


def test_a_client_chooses_among_their_children_and_adds_one(school: School):
    clara = new_client(school)
    ada, _ben = new_student(school, "Ada Parent", guardian=clara), new_student(school, "Ben Parent", guardian=clara)
    other = new_student(school, "Other Child")
    visitor = signed_in(school, clara)
    session = three_days(school)
    path = form_of(session)
    html = visitor.get(path)
    assert "Ada Parent" in text(html)
    assert "Other Child" not in html
    assert 'name="email"' not in html
    values = {key: value for key, value in visitor.fill(path).items() if key not in GUEST} | {"pay_with": "card"}
    assert "Choose who is coming, or add somebody." in text(visitor.send(path, values, status=422))
    visitor.send(path, values | {"students": [str(other.pk)]}, status=422)
    visitor.send(path, values | {"students": [str(ada.pk)], "seats": "1", "seat-1-name": "Cy Parent"})
    names = Booking.objects.of(school).order_by("id").values_list("student__person__first_name", flat=True)
    assert list(names) == ["Ada", "Cy"]
    assert set(Booking.objects.of(school).values_list("client_id", flat=True)) == {clara.pk}


def as_client(visitor: Visitor, path: str, **values: object) -> dict[str, object]:
    """The form as somebody sends it who is signed in: it does not ask who they are."""
    return {key: value for key, value in visitor.fill(path).items() if key not in GUEST} | {"pay_with": "card"} | values


def test_a_lesson_for_one_is_for_one_of_the_children_or_somebody_new(school: School):
    clara = new_client(school)
    ada, ben = new_student(school, "Ada Parent", guardian=clara), new_student(school, "Ben Parent", guardian=clara)
    new_instructor(school)
    path = lesson_form(school, new_lessons(school), at(5))
    visitor = signed_in(school, clara)
    html = visitor.get(path)
    assert html.count('type="radio" name="students"') == 3
    assert "checked" not in html.partition('name="students"')[2].partition("</fieldset>")[0]
    assert "Add somebody" not in text(html)
    both = as_client(visitor, path, students=[str(ada.pk), str(ben.pk)])
    assert "2 seats" not in text(visitor.send(path, both | {"do": "count"}, status=200))
    assert "Choose who is coming." in text(visitor.send(path, as_client(visitor, path), status=422))
    unnamed = as_client(visitor, path, students="new")
    assert "Say who is coming." in text(visitor.send(path, unnamed, status=422))
    visitor.send(path, as_client(visitor, path, students="new") | {"seat-1-name": "Cy Parent"})
    assert Booking.objects.of(school).get().student.person.first_name == "Cy"


def test_the_only_child_whom_a_lesson_suits_is_chosen_and_the_others_say_why_not(school: School):
    clara = new_client(school)
    ada = new_student(school, "Ada Parent", guardian=clara, birth_date=dt.date(now().year - 9, 1, 1))
    ben = new_student(school, "Ben Parent", guardian=clara, birth_date=dt.date(now().year - 30, 1, 1))
    _cy = new_student(school, "Cy Parent", guardian=clara)
    new_instructor(school)
    path = lesson_form(school, new_lessons(school, age_min=7, age_max=12), at(5))
    visitor = signed_in(school, clara)
    html = visitor.get(path)
    choices = html.partition('name="students"')[2].partition("</fieldset>")[0]
    assert f'value="{ada.pk}" id="id_students_0" class="radio radio-primary mt-0.5" checked' in choices
    assert choices.count(" disabled") == 2
    assert "This course is for students up to 12 years of age." in text(html)
    assert "The course asks for an age: tell the school the date of birth." in text(html)
    html = visitor.send(path, as_client(visitor, path, students=str(ben.pk)), status=422)
    assert "Ben Parent: This course is for students up to 12 years of age." in text(html)
    assert "The nearest times that are free" not in text(html)
    visitor.send(path, as_client(visitor, path, students=str(ada.pk)))
    assert Booking.objects.of(school).get().student_id == ada.pk


def test_for_whom_is_not_asked_where_there_is_one_answer(visitor: Visitor, school: School):
    path = form_of(three_days(school, age_min=7, age_max=12))
    html = visitor.get(path)
    assert "Who is it for?" not in text(html)
    assert '<input type="hidden" name="for_whom" value="child">' in html


def test_the_same_name_twice_is_remarked_beside_the_second(visitor: Visitor, school: School):
    path = form_of(three_days(school))
    values = visitor.fill(path, for_whom="staff", company="Rowe") | {"seats": "2", "seat-1-name": "Tom Baker"}
    html = visitor.send(path, values | {"seat-2-name": "tom  baker"}, status=422)
    assert "This name is in the order twice. If these are two people, add an initial." in text(html)
    visitor.send(path, values | {"seat-2-name": "Tom B. Baker"})
    assert Booking.objects.of(school).count() == 2


def test_a_child_who_has_a_seat_is_not_given_another(school: School):
    clara = new_client(school)
    ada = new_student(school, "Ada Parent", guardian=clara)
    session = three_days(school)
    buy_seat(session, ada)
    visitor, path = signed_in(school, clara), form_of(session)
    values = {key: value for key, value in visitor.fill(path).items() if key not in GUEST}
    html = visitor.send(path, values | {"pay_with": "card", "students": [str(ada.pk)]}, status=409)
    assert "This student already has a seat in this session." in text(html)
    assert Booking.objects.of(school).count() == 1


def test_where_guests_may_not_book_they_sign_in_first(visitor: Visitor):
    school = new_school(guests=False)
    path = form_of(three_days(school))
    assert visitor.client.get(path)["Location"] == "/sign-in?" + urlencode({"next": path})
    assert "You are not signed in any more" in visitor.send(path, GUEST, status=403)
    assert Order.objects.of(school).count() == 0


def test_who_is_signed_in_and_no_client_of_the_school_is_told_so_and_how_to_reach_it(school: School):
    closed = change_school(new_school(guests=False), {"email": "hello@lotus.example"}, by=OWNER)
    stranger = signed_in(school, new_client(school))
    path = form_of(three_days(closed))
    for page in (stranger.get(path, status=403), stranger.send(path, GUEST, status=403)):
        assert "Only the school’s own clients book here" in text(page)
        assert links(page)["hello@lotus.example"] == "mailto:hello@lotus.example"
    kit = add_product(closed, ProductValues("Kit", 100), by=OWNER)
    page = stranger.send(f"/s/{closed.slug}/products/{kit.pk}/", {"quantity": "1"}, status=403)
    assert "Only the school’s own clients book here" in text(page)
    assert Order.objects.of(closed).count() == 0


def test_a_lesson_on_demand_is_booked_with_the_instructor_that_was_chosen(visitor: Visitor, school: School):
    piano = new_lessons(school)
    _ida, ben = new_instructor(school), new_instructor(school, name="Ben Other")
    start = at(5)
    visitor.book(lesson_form(school, piano, start, instructor=ben.pk))
    session = Session.objects.of(school).get()
    assert (session.starts_at, session.on_demand, session.staffing.get().instructor_id) == (start, True, ben.pk)


def test_a_first_lesson_costs_what_a_trial_costs_and_is_had_once(school: School):
    clara = new_client(school)
    ada = new_student(school, "Ada Parent", guardian=clara)
    piano = new_lessons(school, trial_price=1500)
    new_instructor(school)
    visitor = signed_in(school, clara)
    path = lesson_form(school, piano, at(5), trial=1)
    values = {key: value for key, value in visitor.fill(path).items() if key not in GUEST}
    visitor.send(path, values | {"pay_with": "card", "students": [str(ada.pk)]})
    booking = Booking.objects.of(school).get()
    assert (booking.price, booking.enrollment.type, booking.session.type) == (1500, "trial", "trial")
    path = lesson_form(school, piano, at(6), trial=1)
    values = {key: value for key, value in visitor.fill(path).items() if key not in GUEST}
    html = visitor.send(path, values | {"pay_with": "card", "students": [str(ada.pk)]}, status=422)
    assert "Ada Parent: Has lessons of this course already; a first lesson is for whoever has none." in text(html)
    assert links(html)["Book another lesson at this time instead"] == lesson_form(school, piano, at(6))


def test_a_child_who_has_lessons_is_seen_and_not_chosen_for_a_first_one(school: School):
    clara = new_client(school)
    ada, ben = (new_student(school, f"{name} Parent", guardian=clara) for name in ("Ada", "Ben"))
    piano = new_lessons(school, trial_price=1500)
    new_instructor(school)
    visitor = signed_in(school, clara)
    path = lesson_form(school, piano, at(6), trial=1)
    instead = "Book another lesson at this time instead"
    assert instead not in links(visitor.get(path))
    buy_lesson(piano, ada, at(5))
    html = visitor.get(f"{path}&student={ada.pk}")
    boxes = re.findall(r'<input type="radio"[^>]*name="students"[^>]*>', html)
    assert [(" checked" in box, " disabled" in box) for box in boxes] == [(False, True), (False, False), (False, False)]
    assert "Ada Parent Has lessons of this course already; a first lesson is for whoever has none." in text(html)
    html = visitor.get(links(html)[instead])
    assert " disabled" not in html.partition('name="students"')[2].partition("</fieldset>")[0]
    assert "Has lessons of this course already" not in text(html)
    visitor.send(path, as_client(visitor, path, students=str(ben.pk)))
    assert Booking.objects.of(school).get(student=ben).price == 1500


def test_of_a_session_of_first_lessons_none_is_for_who_has_lessons(school: School):
    clara = new_client(school)
    ada = new_student(school, "Ada Parent", guardian=clara)
    taught = new_course(school, trial_price=1500)
    buy_seat(new_session(taught, hour_at(5)), ada)
    path = form_of(new_session(taught, hour_at(14), type="trial"))
    html = signed_in(school, clara).get(path)
    assert "Ada Parent Has lessons of this course already" in text(html)
    assert "Book another lesson at this time instead" not in links(html)  # it is no other lesson for anybody


def test_who_has_lessons_is_asked_once_for_the_whole_family(school: School):
    clara = new_client(school)
    new_student(school, "Ada Parent", guardian=clara)
    new_instructor(school)
    path, visitor = lesson_form(school, new_lessons(school, trial_price=1500), at(6), trial=1), signed_in(school, clara)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            visitor.get(path)
        return len(captured)

    visitor.get(path)
    before = queries()
    for name in ("Ben", "Cy"):
        new_student(school, f"{name} Parent", guardian=clara)
    assert queries() == before


def test_whoever_has_lessons_of_a_course_is_offered_no_first_one_but_staff_may_give_it(school: School):
    clara = new_client(school)
    ada = new_student(school, "Ada Parent", guardian=clara)
    piano = new_lessons(school, trial_price=1500)
    new_instructor(school)
    visitor = signed_in(school, clara)
    course = f"/s/{school.slug}/courses/{piano.pk}/"
    assert "First lesson" in links(visitor.get(course))
    let_hold_run_out(buy_lesson(piano, ada, at(3)))
    cancel_booking(buy_lesson(piano, ada, at(4)), by=OWNER)
    assert "First lesson" in links(visitor.get(course))  # neither is a lesson
    buy_lesson(piano, ada, at(5))
    assert "First lesson" not in links(visitor.get(course))
    path = lesson_form(school, piano, at(6), trial=1)
    values = {key: value for key, value in visitor.fill(path).items() if key not in GUEST}
    html = visitor.send(path, values | {"pay_with": "card", "students": [str(ada.pk)]}, status=422)
    assert "a first lesson is for whoever has none" in text(html)
    given = buy_lesson(piano, ada, at(6), enrollment_type="trial")
    assert (given.price, given.enrollment.type) == (1500, "trial")


def test_a_time_taken_meanwhile_leads_to_the_nearest_others_and_keeps_what_was_typed(visitor: Visitor, school: School):
    piano = new_lessons(school)
    ida = new_instructor(school)
    start = at(5)
    path = lesson_form(school, piano, start, instructor=ida.pk)
    values = visitor.fill(path)
    Visitor(REMOTE_ADDR="192.0.2.1").book(path, email="quick@example.org")
    html = visitor.send(path, values, status=409)
    said = text(html)
    assert "That time is taken. Choose another one. Nothing was booked, and nothing was charged." in said
    assert "The nearest times that are free:" in said
    assert 'value="Samira Hartley"' in html
    instead = f"course={piano.pk}|starts_at={start + dt.timedelta(hours=1):%Y-%m-%dT%H:%MZ}|instructor={ida.pk}"
    assert f'value="{instead}"' in html
    html = visitor.send(path, values | {"instead": instead}, status=200)
    assert 'value="Samira Hartley"' in html
    assert f'name="starts_at" value="{start + dt.timedelta(hours=1):%Y-%m-%dT%H:%MZ}"' in html
    assert Booking.objects.of(school).count() == 1
    gone = visitor.get(path, status=409)
    assert "This cannot be booked any more" in text(gone)
    assert lesson_form(school, piano, start + dt.timedelta(hours=1), instructor=ida.pk) in links(gone).values()


def test_a_session_that_filled_up_leads_to_the_next_with_room(visitor: Visitor, school: School):
    session = three_days(school, capacity=2)
    later = new_session(session.course, hour_at(40), capacity=2)
    small = new_session(session.course, hour_at(30), capacity=1)
    path = form_of(session)
    values = visitor.fill(path, for_whom="staff", company="Rowe") | {
        "seats": "2", "seat-1-name": "Marek", "seat-2-name": "Tom",
    }  # fmt: skip
    buy_seat(session, new_student(school))
    html = visitor.send(path, values, status=409)
    assert "This session is full." in text(html)
    assert f'value="session={later.pk}"' in html
    assert str(small.pk) not in html  # there is no room for two
    assert Booking.objects.of(school).count() == 1
    buy_seat(session, new_student(school))
    gone = visitor.get(path, status=409)
    assert f"/s/{school.slug}/book/?session={small.pk}" in links(gone).values()


def test_a_session_that_was_cancelled_says_so(visitor: Visitor, school: School):
    session = three_days(school)
    cancel_session(session, by=OWNER)
    assert "it is not open" in text(visitor.get(form_of(session), status=409))


def test_what_is_not_for_everybody_is_not_found(visitor: Visitor, school: School, other_school: School):
    new_instructor(school)
    piano, elsewhere = new_lessons(school), three_days(other_school)
    draft = new_session(new_course(school), hour_at(4), publish=False)
    for path in (
        f"/s/{school.slug}/book/",
        f"/s/{school.slug}/book/?session={elsewhere.pk}",
        f"/s/{school.slug}/book/?session={draft.pk}",
        f"/s/{school.slug}/book/?session=x",
        f"/s/{school.slug}/book/?course={piano.pk}",
        f"/s/{school.slug}/book/?course={piano.pk}&starts_at=2026-12-08T10:00",
        f"/s/{school.slug}/book/?course={elsewhere.course_id}&starts_at=2026-12-08T10:00Z",
        f"/s/{school.slug}/book/?course={piano.pk}&starts_at=2026-12-08T10:00Z&instructor=x",
        f"/s/{school.slug}/book/?course={piano.pk}&starts_at=2026-12-08T10:00Z&instructor={piano.pk}",
    ):
        visitor.get(path, status=404)


def test_a_guest_with_too_many_unpaid_orders_is_told_which(visitor: Visitor, school: School):
    sessions = [three_days(school) for _ in range(4)]
    for session in sessions[:3]:
        visitor.book(form_of(session))
    path = form_of(sessions[3])
    html = visitor.send(path, visitor.fill(path), status=429)
    assert "From here several orders wait for payment already. Once one of them is paid or given up" in text(html)
    first = Order.objects.of(school).order_by("id").first()
    assert links(html)[f"Pay for {first.reference}, or see it"] == f"/s/{school.slug}/orders/{first.pk}/"
    until = when(first.lines.get().booking.hold_expires_at, school.zone)
    assert f"The first of them is held until {until} at the latest. After that there is room for yours." in text(html)


def test_who_shares_an_address_with_others_is_told_when_there_is_room_and_nothing_of_their_orders(
    visitor: Visitor,
):
    school = new_school(guest_open_holds=2, timezone="Europe/Berlin")
    change_school(school, {"phone": "+44 20 7946 0018", "email": "hello@school.example"}, by=OWNER)
    sessions = [three_days(school) for _ in range(4)]
    visitor.book(form_of(sessions[0]), pay_with="transfer")
    visitor.book(form_of(sessions[1]), pay_with="card")
    soonest = Order.objects.of(school).order_by("-id")[0].lines.get().booking
    other, path = Visitor(), form_of(sessions[2])
    values = other.fill(path, email="other@example.org")
    html = other.send(path, values, status=429)
    said = text(html)
    assert f"The first of them is held until {when(soonest.hold_expires_at, school.zone)} at the latest." in said
    assert [one.reference for one in Order.objects.of(school) if one.reference in html] == []
    assert "Have you been here before? Sign in : then only your own orders count." in said
    assert {"hello@school.example", "+44 20 7946 0018"} <= set(links(html.partition('role="alert"')[2]))
    let_hold_run_out(soonest)
    other.send(path, values)
    third = form_of(sessions[3])
    html = other.send(third, other.fill(third, email="other@example.org"), status=429)
    assert len([name for name in links(html) if name.startswith("Pay for")]) == 1


def test_a_client_with_too_many_unpaid_orders_is_led_to_their_own():
    school = new_school(client_open_holds=1)
    clara = new_client(school)
    ada = new_student(school, "Ada Parent", guardian=clara)
    taken = buy_seat(three_days(school), ada)
    buy_seat(three_days(school), new_student(school, "Other Child"))
    visitor, path = signed_in(school, clara), form_of(three_days(school))
    html = visitor.send(path, as_client(visitor, path, students=str(ada.pk)), status=429)
    order = taken.order_lines.get().order
    assert [href for name, href in links(html).items() if name.startswith("Pay for")] == [
        f"/s/{school.slug}/orders/{order.pk}/"
    ]
    assert "Have you been here before?" not in text(html)


def test_a_double_click_books_once(visitor: Visitor, school: School):
    path = form_of(three_days(school))
    values = visitor.fill(path)
    assert visitor.send(path, values) == visitor.send(path, values)
    assert Order.objects.of(school).count() == 1


def test_two_windows_book_once_and_the_second_is_told(visitor: Visitor, school: School):
    path = form_of(three_days(school))
    first, second = visitor.fill(path), visitor.fill(path)
    assert first["key"] == second["key"]
    visitor.send(path, first)
    html = visitor.send(path, second | {"phone": "020 7946 0001", "name": "Kim Roe"}, status=409)
    order = Order.objects.of(school).get()
    assert "You have booked this already" in text(html)
    assert links(html)["See what you booked"] == f"/s/{school.slug}/orders/{order.pk}/"
    assert "Book this as well" in text(html)
    kept = Fields(html).hidden  # which they may want: another seat, for what they typed
    assert {name: kept[name] for name in ("name", "phone")} == {"name": "Kim Roe", "phone": "020 7946 0001"}
    again = visitor.send(path, kept | {"do": "count"}, status=200)
    assert 'value="Kim Roe"' in again
    assert Order.objects.of(school).count() == 1
    visitor.send(path, kept | {"key": Fields(again).hidden["key"]})
    assert sorted(Booking.objects.of(school).values_list("student__person__first_name", flat=True)) == ["Kim", "Samira"]


def test_after_a_refusal_the_price_is_of_all_the_times_that_were_chosen(visitor: Visitor):
    school = new_school(guest_open_holds=1)
    visitor.book(form_of(three_days(school)))
    session = new_session(new_course(school, price=60000), hour_at(4), hour_at(11), hour_at(18), choose_slots=True)
    first, _second, third = slots_of(session)
    path = form_of(session)
    html = visitor.send(path, visitor.fill(path, slots=[str(first.pk), str(third.pk)]), status=429)
    assert "From here several orders wait for payment already. Once one of them is paid or given up" in text(html)
    assert "Total ₹1,200.00" in text(html)


def test_another_visitor_sees_nothing_of_it(visitor: Visitor, school: School):
    path = form_of(three_days(school))
    values = visitor.fill(path)
    where = visitor.send(path, values)
    other = Visitor(REMOTE_ADDR="192.0.2.9")
    other.get(where, status=404)
    other.fill(path)
    assert other.send(path, values | {"email": "other@example.org"}) != where  # the same key, of another session


def test_what_costs_nothing_is_booked_at_once(visitor: Visitor, school: School):
    session = three_days(school, price=0)
    html = visitor.get(form_of(session))
    assert "How you would like to pay" not in html
    where = visitor.book(form_of(session))
    assert "One seat is yours." in text(visitor.get(where))
    assert Booking.objects.of(school).get().status == "confirmed"


def test_where_booking_confirms_it_is_paid_later(visitor: Visitor):
    school = new_school("coaching", timezone="UTC")
    session = three_days(school)
    where = visitor.book(form_of(session), pay_with="later")
    html = visitor.get(where)
    said = text(html)
    request = PaymentRequest.objects.of(school).get()
    assert "One seat is yours." in said
    assert "Pay €220.00" in said
    assert request.reference in said
    assert "Still to pay €220.00" in said
    assert visitor.pay(links(html)["Pay €220.00 now"]) == where
    assert "Paid, thank you" in text(visitor.get(where))


def test_where_times_can_be_chosen_each_is_paid_for(visitor: Visitor, school: School):
    yoga = new_course(school, name="Yoga", price=60000, capacity=3)
    session = new_session(yoga, hour_at(4), hour_at(11), hour_at(18), choose_slots=True)
    path = form_of(session)
    values = visitor.fill(path)
    assert "Which times?" in text(visitor.get(path))
    first, second, third = slots_of(session)
    html = visitor.send(path, values | {"slots": [str(first.pk), str(third.pk)], "do": "count"}, status=200)
    assert "Total ₹1,200.00" in text(html)
    assert "Choose at least one of the times." in text(visitor.send(path, values, status=422))
    visitor.send(path, values | {"slots": ["x"]}, status=422)
    visitor.send(path, values | {"slots": [str(first.pk), str(third.pk)]})
    assert [slot.seats_taken for slot in slots_of(session)] == [1, 0, 1]
    booking = Booking.objects.of(school).get()
    assert booking.price == 120000
    let_hold_run_out(booking)
    order = Order.objects.of(school).get()
    visitor.send(f"/s/{school.slug}/orders/{order.pk}/again", {})
    assert [slot.seats_taken for slot in slots_of(session)] == [1, 0, 1]
    assert second.starts_at > first.starts_at


def test_the_order_is_read_before_the_form_as_a_phone_shows_them(visitor: Visitor, school: School):
    path = form_of(three_days(school))
    for page in (path, visitor.book(path)):
        html = visitor.get(page)
        assert html.index('aria-label="Your order"') < html.index('<form method="post"')
        assert "order-first" not in html
