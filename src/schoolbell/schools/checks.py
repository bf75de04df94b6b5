"""This floor's part of `schoolbell check`."""

import json

from pydantic import BaseModel, ValidationError

from schoolbell.kit.checks import Check, in_named_zones
from schoolbell.schools.policies import Policies


def what_is_refused(stored: str, model: type[BaseModel]) -> str:
    """Of policies as JSON, by the names of those that the model refuses; "" where it takes them all."""
    try:
        model.model_validate(json.loads(stored))
    except ValidationError as refused:
        return ", ".join(sorted({".".join(map(str, error["loc"])) for error in refused.errors()})) or "no policies"
    return ""


CHECKS = (
    Check(
        "A school has policies, each with a value that it can have.",
        "SELECT id, id, policies::text FROM schools_school",
        judge=lambda stored: what_is_refused(stored, Policies),
    ),
    in_named_zones("A school's clocks are those of a time zone that IANA names.", "schools_school", owner="id"),
)
