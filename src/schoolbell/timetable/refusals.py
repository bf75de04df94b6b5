"""What this floor says no to."""

from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal


class AgainstRules(Refusal):
    """A rule between neighbours speaks against it: one of those below says which."""

    code = "against_rules"
    message = _("The school's rules do not allow a lesson then.")


class TooClose(AgainstRules):
    """The pause before or after another lesson would be too short."""

    code = "too_close"
    message = _("That is too close to another lesson: a pause is kept between them.")


class TravelTimeNeeded(AgainstRules):
    """Another lesson is elsewhere, and the way there takes longer."""

    code = "travel_time_needed"
    message = _("There is not enough time to travel from one place to the other.")


class DayFull(AgainstRules):
    """The instructor gives as many lessons that day as the school allows."""

    code = "day_full"
    message = _("The instructor gives no more lessons that day.")


class WeekFull(AgainstRules):
    """The instructor teaches as many hours that week as they may."""

    code = "week_full"
    message = _("The instructor teaches no more hours that week.")
