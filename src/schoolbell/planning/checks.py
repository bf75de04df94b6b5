"""This floor's part of `schoolbell check`."""

from schoolbell.kit.checks import in_named_zones

CHECKS = (
    in_named_zones("When somebody can is said by clocks of a time zone that IANA names.", "planning_lessonrequest"),
)
