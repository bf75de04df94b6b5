"""A form that lay open too long keeps what was typed, likewise one whose sender was signed out meanwhile; one that came
from elsewhere keeps nothing."""

import html
import re

import pytest
from django.test import Client

from factories import OWNER, new_school
from schoolbell.access.staff import add_staff
from schoolbell.accounts.actions import create_user
from schoolbell.people.models import Person
from schoolbell.schools.actor import Role

pytestmark = pytest.mark.django_db
TYPED = {"email": "ann@example.org", "password": "secret", "note": ['<b>"x"</b>', "two"]}


def sent_from(**headers: str) -> str:
    answer = Client(enforce_csrf_checks=True).post("/sign-in", TYPED, headers=headers)
    assert answer.status_code == 403
    return answer.content.decode()


def test_what_was_typed_can_be_sent_once_more_but_for_passwords():
    page = sent_from(origin="http://testserver")
    assert '<input type="hidden" name="email" value="ann@example.org">' in page
    assert '<input type="hidden" name="note" value="&lt;b&gt;&quot;x&quot;&lt;/b&gt;">' in page
    assert '<input type="hidden" name="note" value="two">' in page
    assert "secret" not in page
    assert 'action="/sign-in"' in page


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {}, {"origin": "http://testserver", "sec-fetch-site": "cross-site"}],
)
def test_nothing_of_a_strangers_form_is_kept(headers):
    page = sent_from(**headers)
    assert "ann@example.org" not in page
    assert "Open the page again" in page


def test_whoever_was_signed_out_meanwhile_signs_in_and_sends_it_once_more():
    school = new_school()
    path = f"/s/{school.slug}/office/families/new/"
    typed = {"first_name": "Ann <b>", "last_name": "Marsh", "email": "ann@example.org"}
    browser = Client()
    kept = browser.post(path, typed, headers={"origin": "http://testserver"})
    assert kept.status_code == 403
    page = kept.content.decode()
    assert "You are not signed in any more" in page
    assert 'href="/sign-in" target="_blank"' in page
    assert f'action="{path}"' in page
    assert Person.objects.of(school).count() == 0

    ruth = create_user("ruth@example.org", "a-long-way-home")
    add_staff(school, ruth, Role.ADMIN, by=OWNER)
    browser.force_login(ruth)  # in another window
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    sent = {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}
    assert sent == typed
    assert browser.post(path, sent).status_code == 302
    assert [one.name for one in Person.objects.of(school).filter(email="ann@example.org")] == ["Ann <b> Marsh"]


def test_a_strangers_form_is_not_kept_for_whoever_was_signed_out():
    answer = Client().post(
        f"/s/{new_school().slug}/office/families/new/", TYPED, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert "ann@example.org" not in answer.content.decode()
