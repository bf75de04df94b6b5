"""Outside calendars over the API."""

import pytest

from api_client import Api
from diary.test_outside import written
from elsewhere import Answer, elsewhere
from factories import hour_at, new_course, new_instructor, new_session, new_token, slots_of
from schoolbell.diary.models import Claim
from schoolbell.schools.actor import Role


@pytest.fixture(autouse=True)
def on_this_machine(settings) -> None:
    settings.ALLOW_PRIVATE_CALENDARS = True


def test_a_calendar_from_subscribed_to_forgotten(school):
    ida, bo = new_instructor(school), new_instructor(school)
    herself, other = (Api(school.slug, new_token(school, Role.INSTRUCTOR, one.person)) for one in (ida, bo))
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    path = f"/instructors/{ida.pk}/calendars"
    with elsewhere() as place:
        place.answer = lambda path, headers: Answer(written(hour_at(10, 10, 30)))
        made = herself.made(path, {"url": place.url("/secret-word.ics"), "name": "Choir"})
        assert made == {
            "id": made["id"],
            "name": "Choir",
            "host": "127.0.0.1",
            "timezone": "UTC",
            "fetched_at": None,
            "tried_at": None,
            "is_stale": True,
            "error": "",
            "lessons": [],
        }
        assert herself.post(path, {"url": place.url("/secret-word.ics")}).told == (409, "calendar_known")
        fetched = herself.made(f"{path}/{made['id']}/fetch")
        assert (fetched["error"], fetched["is_stale"]) == ("", False)
        assert [(one["session"], one["slot"]) for one in fetched["lessons"]] == [
            (str(session.pk), str(slots_of(session)[0].pk))
        ]
        listed = herself.get(path)
        assert listed.json == {"items": [fetched], "next": None}
        assert b"secret-word" not in listed.body
        place.answer = lambda path, headers: Answer(status=404)
        failed = herself.made(f"{path}/{made['id']}/fetch")
        assert failed["error"] == "There is no calendar at this address any more."
        assert failed["fetched_at"] == fetched["fetched_at"]
    for act in (other.post(f"{path}/{made['id']}/fetch"), other.send("DELETE", f"{path}/{made['id']}")):
        assert act.told == (403, "not_allowed")
    assert herself.send("DELETE", f"/instructors/{ida.pk}/calendars/{session.pk}").told == (404, "not_found")
    assert Claim.objects.filter(kind="busy").count() == 1
    assert herself.send("DELETE", f"{path}/{made['id']}").json == failed
    assert Claim.objects.filter(kind="busy").count() == 0
    assert herself.get(path).json["items"] == []
