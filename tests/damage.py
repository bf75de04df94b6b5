"""What `schoolbell check` would say of the rows as they are."""

from schoolbell.cli.commands.check import ALL
from schoolbell.kit.checks import broken


def found() -> list[tuple[str, object]]:
    """Each rule that does not hold, with each row that breaks it."""
    return [(check.rule, row_id) for check in ALL for _school, row_id, _detail in broken(check)]
