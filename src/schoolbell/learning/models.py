"""Review: what a client says of a lesson once it is over, or did not come about."""

from typing import Final

from django.db import models
from django.db.models import Q

from schoolbell.bookings.models import Booking
from schoolbell.people.models import Client, Instructor
from schoolbell.schools.rows import SchoolForeignKey, SchoolModel


class Review(SchoolModel):
    """The client's word on one booking. It counts for `instructor`, who led the session then."""

    LOWEST: Final = 1
    HIGHEST: Final = 5
    LONGEST: Final = 2000  # of the comment

    booking = SchoolForeignKey(Booking, related_name="reviews")
    client = SchoolForeignKey(Client, related_name="reviews")
    instructor = SchoolForeignKey(Instructor, null=True, related_name="reviews")
    rating = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            # A booking is reviewed once.
            models.UniqueConstraint(fields=["school", "booking"], name="review_once"),
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="review_rating"),
        ]
        indexes = [models.Index(fields=["school", "instructor"], name="review_instructor")]
