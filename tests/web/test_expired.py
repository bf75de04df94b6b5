"""A form that lay open too long keeps what was typed; one that came from elsewhere keeps nothing."""

import pytest
from django.test import Client

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
