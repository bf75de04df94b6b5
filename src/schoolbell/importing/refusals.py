"""What this floor says no to."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal


class FileRefused(Refusal):
    """The file as a whole cannot be understood; the sentence says why and how to put it right."""

    code = "file_refused"
    message = _("This file cannot be understood.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class CellRefused(Exception):
    """What stands in one cell cannot be understood. Becomes a bad line; its message is the reason."""


class RowRefused(Exception):
    """A row breaks a rule of the database that nobody foresaw: the constraint `rule`. `line` 0: which is not known."""

    def __init__(self, rule: str, line: int) -> None:
        self.rule, self.line = rule, line
        super().__init__(rule)
