"""What this floor says no to."""

from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal


class TimeTaken(Refusal):
    """Somebody or something that is needed is taken at that time."""

    code = "time_taken"
    message = _("That time is taken. Choose another one.")


class SchoolClosed(Refusal):
    """The school is closed that day, or at that hour."""

    code = "school_closed"
    message = _("The school is closed then. Choose another time.")


class PlaceClosed(Refusal):
    """The room or vehicle has hours of its own, and is not open then."""

    code = "place_closed"
    message = _("The room or vehicle is not open then. Choose another time or place.")


class OutsideOpeningHours(Refusal):
    """Nobody who could teach it is open then."""

    code = "outside_opening_hours"
    message = _("Nobody teaches this at that time. Choose one of the free times.")


class HolidayIsFollowed(Refusal):
    """A public holiday comes back with the next renewal of its list."""

    code = "holiday_is_followed"
    message = _("The school follows the public holidays of that region. Keep this one open instead.")


class TimeOffOverlaps(Refusal):
    """Nobody is off twice at once."""

    code = "time_off_overlaps"
    message = _("Time off is asked for or approved then already. Withdraw that first.")


class TimeOffAsked(Refusal):
    """A request that reaches further than what is arranged is not approved by the way: nobody saw to the rest of it.
    The subject is the request."""

    code = "time_off_asked"
    message = _("Time off that reaches further is asked for then. Approve, decline or withdraw that first.")


class TimeOffDecided(Refusal):
    """What was decided, or withdrawn, is not decided again."""

    code = "time_off_decided"
    message = _("This was decided or withdrawn already.")


class CalendarKnown(Refusal):
    """One address blocks a diary once."""

    code = "calendar_known"
    message = _("This calendar is subscribed already.")


class TooManyCalendars(Refusal):
    """Each is fetched every quarter of an hour."""

    code = "too_many_calendars"
    message = _("Ten calendars are the most. Remove one first.")
