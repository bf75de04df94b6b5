"""Staff and sign-ins: who may let whom in."""

import html

import pytest
from django.test import Client as Browser

from factories import OWNER, new_client, new_instructor, new_school
from schoolbell.access.models import Staff
from schoolbell.access.staff import add_staff, staff_role
from schoolbell.accounts.queries import user_by_email
from schoolbell.people.queries import person_of
from schoolbell.schools.actor import Role
from web.office.conftest import as_person, as_staff, new_login
from web.pages import queries_for, text_of

pytestmark = pytest.mark.django_db
FORM = {"email": "rob@example.org", "password": "a-long-way-home", "role": "admin"}


def all_of(answer) -> str:
    """What the page says, its flashes among it."""
    return html.unescape(answer.content.decode())


@pytest.fixture
def owner(school) -> Browser:
    return as_staff(school, Role.OWNER)


def test_an_owner_lets_somebody_in_and_out_again(school, owner, office):
    seen = owner.post(f"{office}sign-ins/", FORM, follow=True)
    assert "rob@example.org can sign in now. Tell them the password." in all_of(seen)
    user = user_by_email("rob@example.org")
    assert staff_role(school, user) == "admin"
    assert Browser().post("/sign-in", FORM)["Location"] == office
    again = owner.post(f"{office}sign-ins/", FORM)
    assert (again.status_code, "works in this school's office already" in text_of(again)) == (
        422,
        True,
    )
    staff = Staff.objects.of(school).get(user_id=user.pk)
    seen = owner.post(f"{office}sign-ins/staff/{staff.pk}/remove", follow=True)
    assert "rob@example.org cannot come into the office any more." in all_of(seen)
    assert staff_role(school, user) is None


def test_the_only_owner_stays_and_one_of_two_may_go(school, owner, office):
    mine = Staff.objects.of(school).get()
    assert "only owner" in all_of(owner.post(f"{office}sign-ins/staff/{mine.pk}/remove", follow=True))
    add_staff(school, new_login(), Role.OWNER, by=OWNER)
    assert owner.post(f"{office}sign-ins/staff/{mine.pk}/remove")["Location"] == "/"
    assert Staff.objects.of(school).count() == 1


def test_the_office_lets_in_all_but_owners(school, browser, office):
    other = add_staff(school, new_login(), Role.OWNER, by=OWNER)
    assert "Everything but owners" in (page := text_of(browser.get(f"{office}sign-ins/")))
    assert "Everything </option>" not in page
    assert browser.post(f"{office}sign-ins/", FORM | {"role": "owner"}).status_code == 422
    assert user_by_email("rob@example.org") is None
    assert "Only an owner" in all_of(browser.post(f"{office}sign-ins/staff/{other.pk}/remove", follow=True))
    assert browser.post(f"{office}sign-ins/", FORM).status_code == 302


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"email": "rob"}, "Write an address such as robin@example.org."),
        ({"email": ""}, "Write the address with which they sign in."),
        ({"password": ""}, "This password is too short"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(owner, office, rows, changed, told):
    before = rows()
    answer = owner.post(f"{office}sign-ins/", FORM | changed)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert rows() == before


def test_an_instructor_and_a_client_get_a_sign_in_and_lose_it(school, browser, office):
    for person, home in ((new_instructor(school).person, "teach"), (new_client(school).person, "my")):
        email = f"{home}@example.org"
        page = f"{office}sign-ins/people/{person.pk}/"
        assert browser.get(page).status_code == 200
        seen = browser.post(page, FORM | {"email": email}, follow=True)
        assert f"{person.name} can sign in now. Tell them the password." in all_of(seen)
        assert Browser().post("/sign-in", FORM | {"email": email})["Location"] == f"/s/{school.slug}/{home}/"
        assert f"They sign in as {email}." in text_of(browser.get(page))
        browser.post(f"{page}remove")
        assert person_of(school, user_by_email(email)) is None
        assert browser.post(f"{page}remove").status_code == 404


def test_the_address_of_somebody_else_of_the_school_is_refused(school, browser, office):
    as_person(new_client(school).person)
    taken = new_client(school, "Bo Parent").person
    login = new_login()
    browser.post(f"{office}sign-ins/people/{taken.pk}/", {"email": login.email})
    assert person_of(school, login).pk == taken.pk
    another = new_client(school, "Al Parent").person
    answer = browser.post(f"{office}sign-ins/people/{another.pk}/", {"email": login.email})
    assert (answer.status_code, "Somebody else of this school" in text_of(answer)) == (422, True)
    elsewhere = new_client(new_school()).person
    assert browser.get(f"{office}sign-ins/people/{elsewhere.pk}/").status_code == 404


def test_the_list_takes_the_same_queries_for_one_and_three(school, browser, office):
    as_person(new_client(school).person)
    one = queries_for(browser, f"{office}sign-ins/")
    for name in ("Al One", "Bo Two"):
        as_person(new_client(school, name).person)
        add_staff(school, new_login(), Role.ADMIN, by=OWNER)
    assert queries_for(browser, f"{office}sign-ins/") == one
