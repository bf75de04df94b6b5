"""OwnKey: what a school's own files call a row. Upload: a file that waits to be taken in."""

from django.db import models
from django.db.models import Q

from schoolbell.schools.rows import SchoolModel


class OwnKey(SchoolModel):
    """The key that a file gave to something, by which the next file means the same thing.

    `subject_id` is an id without a foreign key, because it is of one of several tables: `noun` says which. What has no
    key of its own goes by its id.
    """

    class Noun(models.TextChoices):
        COURSE = "course"
        RESOURCE = "resource"
        INSTRUCTOR = "instructor"
        STUDENT = "student"
        CLIENT = "client"
        SESSION = "session"
        SERIES = "series"
        PRODUCT = "product"

    noun = models.CharField(max_length=10, choices=Noun.choices)
    key = models.CharField(max_length=64)
    subject_id = models.UUIDField()

    class Meta(SchoolModel.Meta):
        constraints = [
            # A key means one thing, and a thing has one key.
            models.UniqueConstraint(fields=["school", "noun", "key"], name="ownkey_means_one"),
            models.UniqueConstraint(fields=["school", "noun", "subject_id"], name="ownkey_is_one"),
            models.CheckConstraint(
                condition=Q(
                    noun__in=("course", "resource", "instructor", "student", "client", "session", "series", "product")
                ),
                name="ownkey_noun",
            ),
        ]


class Upload(SchoolModel):
    """A file that somebody of the office has handed in and looks over. It is forgotten when it has been taken in, and
    after a day. `batch` are the files that came together; `uploaded_by` is the id of a user."""

    batch = models.UUIDField()
    name = models.CharField(max_length=255)
    data = models.BinaryField()
    uploaded_by = models.UUIDField()

    class Meta(SchoolModel.Meta):
        indexes = [
            models.Index(fields=["school", "batch"], name="upload_batch"),
            models.Index(fields=["created_at"], name="upload_age"),
        ]
