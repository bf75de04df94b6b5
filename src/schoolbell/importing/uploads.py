"""Files that wait to be taken in: kept between looking at what they would change and saying that they shall."""

import datetime as dt
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from schoolbell.importing.models import Upload
from schoolbell.importing.plans import File
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import now
from schoolbell.schools.actor import NOBODY, Actor
from schoolbell.schools.models import School

KEPT_FOR: Final = dt.timedelta(days=1)


@transaction.atomic
def keep_files(files: Sequence[File], *, school: School, by: Actor) -> UUID:
    """By what is returned `kept_files` finds them again, for the same user."""
    batch = new_id()
    for file in files:
        Upload(school=school, batch=batch, name=file.name, data=file.data, uploaded_by=by.who or NOBODY).save()
    return batch


def kept_files(batch: UUID, *, school: School, by: Actor) -> list[File]:
    """In the order in which they came. None where there are none: taken in, too old, or another's."""
    since = now() - KEPT_FOR
    rows = Upload.objects.of(school).filter(batch=batch, uploaded_by=by.who or NOBODY, created_at__gt=since)
    return [File(row.name, bytes(row.data)) for row in rows.order_by("id")]


def drop_files(batch: UUID, *, school: School, by: Actor) -> None:
    Upload.objects.of(school).filter(batch=batch, uploaded_by=by.who or NOBODY).delete()


def forget_old_uploads() -> None:
    """Names and addresses of people are in them, so nobody's files lie about for longer."""
    Upload.objects.filter(created_at__lt=now() - KEPT_FOR).delete()
