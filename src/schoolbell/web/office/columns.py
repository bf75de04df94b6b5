"""The heads of the office's tables."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from schoolbell.web.templatetags.pieces import Column
from schoolbell.web.templatetags.words import zone_name


def columns(where: ZoneInfo) -> dict[str, list[Column]]:
    """By the name of what a table lists. Times are said in `where`, which the head names once."""
    when = Column(_("When (%(zone)s)") % {"zone": zone_name(where)})
    state, payment, price = Column(_("State")), Column(_("Payment")), Column(_("Price"), "aside")
    reach, standing = Column(_("How to reach them")), Column(_("Where they stand"))
    next_one = Column(_("Next (%(zone)s)") % {"zone": zone_name(where)})
    where_to, seats = Column(_("Where")), Column(_("Seats"), "aside")
    return {
        "bookings": [Column(_("Student")), when, Column(_("Course")), state, payment, price],
        "sessions": [Column(_("Course")), when, Column(_("Who teaches")), where_to, state, Column(_("Students"))],
        "series": [Column(_("Course")), Column(_("When")), Column(_("Who teaches")), where_to, next_one, seats],
        "weekly": [
            Column(_("Student")),
            Column(_("When")),
            Column(_("Course")),
            Column(_("Who teaches")),
            next_one,
            state,
        ],
        "seats": [Column(_("Student")), Column(_("Who pays")), state, payment, Column(_("Paid"), "aside"), price],
        "families": [Column(_("Family")), Column(_("Students")), reach, Column(_("Balance"), "aside")],
        "students": [
            Column(_("Student")),
            Column(_("Who answers for them")),
            Column(_("Age")),
            Column(_("Level")),
            standing,
        ],
        "instructors": [Column(_("Instructor")), Column(_("Open this week")), reach, standing],
        "courses": [Column(_("Course")), Column(_("How")), Column(_("Offered")), price],
        "products": [Column(_("Product")), Column(_("What it is")), price],
        "requests": [
            Column(_("Student")),
            Column(_("Course")),
            Column(_("When it can be (%(zone)s)") % {"zone": zone_name(where)}),
            Column(_("With whom")),
            Column(_("From")),
            state,
        ],
        "proposal": [
            Column(_("Student")),
            Column(_("Every week (%(zone)s)") % {"zone": zone_name(where)}),
            Column(_("Course")),
            Column(_("Who teaches")),
            where_to,
        ],
        "resources": [Column(_("Place")), Column(_("What it is")), where_to, seats],
    }
