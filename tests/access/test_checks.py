"""The rules of `schoolbell check` about keys: an answer that was never given, and a token of nobody."""

import datetime as dt
from typing import Final

import pytest

from damage import found
from factories import new_school, new_student, new_token, payer_of
from schoolbell.access.answers import Answer, AskedOnce, answer_once
from schoolbell.access.models import ApiToken, KeptAnswer
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import now
from schoolbell.schools.actor import Role

pytestmark = pytest.mark.django_db

ANSWERED: Final = "An answer is kept with its status: none waits for it a day later."
SOMEBODYS: Final = "A token for one person's own things is somebody's of its school."


def test_an_answer_that_still_waits_for_its_status_a_day_later() -> None:
    asked = AskedOnce("somebody", "key", b"0" * 32)
    answer_once(new_school().pk, asked, lambda: Answer(201, b"{}"))
    kept = KeptAnswer.objects.get()
    KeptAnswer.objects.update(created_at=now() - dt.timedelta(hours=25))
    assert found() == []
    KeptAnswer.objects.update(status=0)
    assert found() == [(ANSWERED, kept.pk)]
    KeptAnswer.objects.update(created_at=now() - dt.timedelta(hours=23))
    assert found() == []


def test_a_token_of_nobody_or_of_somebody_of_another_school() -> None:
    school = new_school()
    clara = payer_of(new_student(school)).person
    new_token(school, Role.CLIENT, clara)
    new_token(school, Role.OWNER)
    token = ApiToken.objects.get(role="client")
    assert found() == []
    for nobody in (new_id(), new_student(new_school()).person_id):
        ApiToken.objects.filter(id=token.pk).update(person_id=nobody)
        assert found() == [(SOMEBODYS, token.pk)]
