"""API tokens and kept answers."""

from django.db import models
from django.db.models import Q

from schoolbell.accounts.models import User
from schoolbell.kit.time import InstantField
from schoolbell.schools.actor import Role
from schoolbell.schools.rows import SchoolModel

TOKEN_ROLES = (Role.OWNER, Role.ADMIN, Role.INSTRUCTOR, Role.CLIENT, Role.STUDENT)


class ApiToken(SchoolModel):
    """A key to one school's API. Only its SHA-256 is kept; a client's, student's or instructor's names its person."""

    digest = models.BinaryField(max_length=32)
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in TOKEN_ROLES])
    person_id = models.UUIDField(null=True)
    label = models.CharField(max_length=100, blank=True)
    revoked_at = InstantField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "digest"], name="apitoken_digest"),
            models.CheckConstraint(condition=Q(role__in=TOKEN_ROLES), name="apitoken_role"),
            # A token for one person's own things says whose.
            models.CheckConstraint(
                condition=Q(role__in=(Role.OWNER, Role.ADMIN)) | Q(person_id__isnull=False), name="apitoken_person"
            ),
        ]


class KeptAnswer(SchoolModel):
    """What was answered to a POST with an `Idempotency-Key`, kept 48 hours for whoever asks the same again."""

    principal = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    fingerprint = models.BinaryField(max_length=32)  # SHA-256 of method, path and body
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()

    class Meta(SchoolModel.Meta):
        constraints = [
            # One key, one answer; and nobody sees another's.
            models.UniqueConstraint(fields=["school", "principal", "key"], name="keptanswer_key"),
        ]
        indexes = [models.Index(fields=["created_at"], name="keptanswer_age")]


class Staff(SchoolModel):
    """This user runs this school. Instructors, clients and students sign in as the person that they are."""

    # Users are not a school's rows, so nothing binds them but the deed that made this row.
    user = models.ForeignKey(User, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    role = models.CharField(max_length=5, choices=[(Role.OWNER.value, "owner"), (Role.ADMIN.value, "admin")])

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "user"], name="staff_once"),
            models.CheckConstraint(condition=Q(role__in=(Role.OWNER, Role.ADMIN)), name="staff_role"),
        ]
        indexes = [models.Index(fields=["user"], name="staff_user")]
