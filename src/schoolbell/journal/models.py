"""Record and Outbox. Both hold ids, never personal values, so that a person can be forgotten."""

from django.db import models
from django.db.models import Q

from schoolbell.kit.time import InstantField
from schoolbell.schools.rows import SchoolModel


class Record(SchoolModel):
    """One thing that happened, who did it, and what changed. Written once, in the transaction of the deed."""

    name = models.CharField(max_length=60)  # noun.verb, such as booking.created
    subject_id = models.UUIDField()
    student_id = models.UUIDField(null=True)
    client_id = models.UUIDField(null=True)
    role = models.CharField(max_length=20)
    who = models.UUIDField(null=True)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)

    class Meta(SchoolModel.Meta):
        indexes = [
            models.Index(fields=["school", "subject_id"], name="record_subject"),
            models.Index(
                fields=["school", "student_id", "id"], condition=Q(student_id__isnull=False), name="record_student"
            ),
            models.Index(
                fields=["school", "client_id", "id"], condition=Q(client_id__isnull=False), name="record_client"
            ),
        ]


class Outbox(SchoolModel):
    """One thing that customers or other programs are to be told, until the worker has seen to it."""

    name = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    about_id = models.UUIDField(null=True)  # of an instructor who takes a session over, say, the session
    handled_at = InstantField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_after = InstantField(null=True)
    error = models.TextField(blank=True)

    class Meta(SchoolModel.Meta):
        indexes = [models.Index(fields=["id"], condition=Q(handled_at__isnull=True), name="outbox_waiting")]
