"""Course, Product and Qualification."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from schoolbell.people.models import Instructor
from schoolbell.schools.policies import Policies
from schoolbell.schools.rows import SchoolForeignKey, SchoolModel


class ResourceKind(models.TextChoices):
    VENUE = "venue"
    ONLINE_ROOM = "online_room"
    VEHICLE = "vehicle"


class Course(SchoolModel):
    """What is taught. Prices are in minor units of the school's currency and include tax."""

    class Format(models.TextChoices):
        ONE_TO_ONE = "one_to_one"
        GROUP = "group"

    class Delivery(models.TextChoices):
        ONLINE = "online"
        AT_VENUE = "at_venue"
        IN_VEHICLE = "in_vehicle"

    class PricePer(models.TextChoices):
        LESSON = "lesson"  # each slot that is taken
        COURSE = "course"  # the whole session

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    type = models.CharField(max_length=50, blank=True)
    format = models.CharField(max_length=10, choices=Format.choices, default=Format.GROUP)
    delivery = models.CharField(max_length=10, choices=Delivery.choices, default=Delivery.AT_VENUE)
    # Lessons on demand happen in a free resource of this kind; blank: they need none.
    resource_kind = models.CharField(max_length=11, choices=ResourceKind.choices, blank=True)
    duration_minutes = models.PositiveIntegerField()
    price = models.PositiveIntegerField(default=0)
    price_per = models.CharField(max_length=6, choices=PricePer.choices, default=PricePer.LESSON)
    trial_price = models.PositiveIntegerField(null=True)
    deposit = models.PositiveIntegerField(default=0)
    tax_rate = models.PositiveIntegerField(default=0)  # hundredths of a percent: 2000 is 20 %
    total_minutes = models.PositiveIntegerField(null=True)  # of all its lessons together; null: it has no such end
    capacity = models.PositiveSmallIntegerField(default=12)
    min_students = models.PositiveSmallIntegerField(null=True)  # below so many the school would not hold it
    age_min = models.PositiveSmallIntegerField(null=True)
    age_max = models.PositiveSmallIntegerField(null=True)
    difficulty = models.CharField(max_length=50, blank=True)
    certification_validity_years = models.PositiveSmallIntegerField(null=True)
    # What this course decides otherwise than its school (a part of Policies).
    overrides = models.JSONField(default=dict)
    # What these were before, oldest first: `{"until": instant, "was": overrides}`.
    former_overrides = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(duration_minutes__range=(5, 1440)), name="course_duration"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="course_capacity"),
            models.CheckConstraint(
                condition=Q(min_students__isnull=True) | Q(min_students__gte=1, min_students__lte=F("capacity")),
                name="course_min_students",
            ),
            # A whole course is at least one lesson.
            models.CheckConstraint(
                condition=Q(total_minutes__isnull=True) | Q(total_minutes__gte=F("duration_minutes")),
                name="course_total_minutes",
            ),
            models.CheckConstraint(condition=Q(format="group") | Q(capacity=1), name="course_one_to_one_is_one_seat"),
            models.CheckConstraint(condition=Q(deposit__lte=F("price")), name="course_deposit_within_price"),
            models.CheckConstraint(condition=Q(tax_rate__lte=10_000), name="course_tax_rate"),
            models.CheckConstraint(
                condition=Q(age_min__isnull=True) | Q(age_max__isnull=True) | Q(age_min__lte=F("age_max")),
                name="course_ages",
            ),
            models.CheckConstraint(condition=Q(format__in=("one_to_one", "group")), name="course_format"),
            models.CheckConstraint(
                condition=Q(delivery__in=("online", "at_venue", "in_vehicle")), name="course_delivery"
            ),
            models.CheckConstraint(
                condition=Q(resource_kind__in=("", "venue", "online_room", "vehicle")), name="course_resource_kind"
            ),
            models.CheckConstraint(condition=Q(price_per__in=("lesson", "course")), name="course_price_per"),
        ]
        indexes = [models.Index(fields=["school", "name"], name="course_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def policies(self) -> Policies:
        return self.school.policies_for(self.overrides)

    def policies_as_of(self, moment: dt.datetime) -> Policies:
        """The policies as they were then: what somebody who booked at that moment agreed to."""
        was = (one["was"] for one in self.former_overrides if moment < dt.datetime.fromisoformat(one["until"]))
        return self.school.policies_as_of(moment).with_overrides(next(was, self.overrides))


class Product(SchoolModel):
    """What is sold without a timetable: a book, a kit. The price is in minor units of the school's currency and
    includes tax."""

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    price = models.PositiveIntegerField()
    tax_rate = models.PositiveIntegerField(default=0)  # hundredths of a percent: 2000 is 20 %
    is_active = models.BooleanField(default=True)

    class Meta(SchoolModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(tax_rate__lte=10_000), name="product_tax_rate")]

    def __str__(self) -> str:
        return self.name


class Qualification(SchoolModel):
    """This instructor may teach this course. Somebody with no qualification on file may teach every course."""

    instructor = SchoolForeignKey(Instructor, related_name="qualifications")
    course = SchoolForeignKey(Course, related_name="qualifications")
    proficiency = models.PositiveSmallIntegerField(default=3)
    certified_on = models.DateField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "course", "instructor"], name="qualification_once"),
            models.CheckConstraint(condition=Q(proficiency__range=(1, 5)), name="qualification_proficiency"),
        ]
        indexes = [models.Index(fields=["school", "instructor"], name="qualification_instructor")]
