"""One answer to one key. Only what was committed is kept; a refusal runs again; nobody sees another's answer."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.access.models import KeptAnswer
from schoolbell.access.statements import KEYED_SQL
from schoolbell.kit.database.collisions import tried_again
from schoolbell.kit.database.statements import Part
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import now

KEPT_FOR = dt.timedelta(hours=48)


class KeyReused(Refusal):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used for another request. Use a new key for a new request.")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class AskedOnce:
    """A request under a key. `fingerprint` tells it from another request under the same key."""

    principal: str
    key: str
    fingerprint: bytes

    @classmethod
    def of(cls, key: str | None, *, principal: str, method: str, path: str, body: bytes) -> "AskedOnce | None":
        """None without a key. Raises InputRefused for one that is no key."""
        if key is None:
            return None
        if not (1 <= len(key) <= 200 and key.isascii() and key.isprintable()):
            raise InputRefused.of("Idempotency-Key", _("Use 1 to 200 printable ASCII characters."))
        fingerprint = hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()
        return cls(principal, key, fingerprint)

    def part(self, answer: Answer) -> Part:
        """The part of a statement that keeps this answer. It leaves `keyed`, empty when the key was there."""
        return Part(
            KEYED_SQL,
            {
                "answer_id": new_id(),
                "principal": self.principal,
                "key": self.key,
                "fingerprint": self.fingerprint,
                "answer_status": answer.status,
                "answer_body": answer.body,
            },
        )

    def matching(self, fingerprint: bytes | memoryview, status: int, body: bytes | memoryview) -> Answer:
        """The answer that was kept. Raises KeyReused when it answered another request."""
        if bytes(fingerprint) != self.fingerprint:
            raise KeyReused(self.key)
        return Answer(status, bytes(body))

    def kept(self, school_id: UUID) -> Answer | None:
        """What was answered before. Raises KeyReused. One that is too old is forgotten."""
        own = KeptAnswer.objects.filter(school_id=school_id, principal=self.principal, key=self.key)
        own.filter(created_at__lte=now() - KEPT_FOR).delete()
        found = own.values_list("fingerprint", "status", "body").first()
        return self.matching(*found) if found else None


def answer_once(
    school_id: UUID, asked: AskedOnce | None, act: Callable[[], Answer], *, may_repeat: bool = True
) -> Answer:
    """Do it, or if it was done under this key, say again what was answered. Deed and answer commit together.

    Two at once: the second waits for the first, then gets its answer. What meets another transaction is done anew,
    unless it moves something outside of the database (`may_repeat`). Raises KeyReused, Busy, and what `act` raises.
    """
    if may_repeat:
        return tried_again(lambda: _answer_once(school_id, asked, act))
    return _answer_once(school_id, asked, act)


def _answer_once(school_id: UUID, asked: AskedOnce | None, act: Callable[[], Answer]) -> Answer:
    if asked is None:
        with transaction.atomic():
            return act()
    if (before := asked.kept(school_id)) is not None:
        return before
    with transaction.atomic():
        row = KeptAnswer(
            school_id=school_id,
            principal=asked.principal,
            key=asked.key,
            fingerprint=asked.fingerprint,
            status=0,
            body=b"",
        )
        won = KeptAnswer.objects.bulk_create([row], ignore_conflicts=True)
        if won and KeptAnswer.objects.filter(school_id=school_id, id=row.pk).exists():
            answer = act()
            KeptAnswer.objects.filter(school_id=school_id, id=row.pk).update(status=answer.status, body=answer.body)
            return answer
    after = asked.kept(school_id)
    if after is None:
        return _answer_once(school_id, asked, act)
    return after


def answered(school_id: UUID, *, principal: str, key: str) -> Answer | None:
    """What was answered under this key, to whatever request it was."""
    found = KeptAnswer.objects.filter(school_id=school_id, principal=principal, key=key).first()
    return Answer(found.status, bytes(found.body)) if found else None


def forget_old_answers() -> int:
    """What the worker does now and then."""
    return KeptAnswer.objects.filter(created_at__lte=now() - KEPT_FOR).delete()[0]
