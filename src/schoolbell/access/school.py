"""What a school changes about itself: who it is, and its policies.

Policies hold for what is booked from now on. What was booked before keeps those under which it was booked
(`School.policies_as_of`); holds, prices and payments that are awaited stand on their rows anyway.
"""

import re
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.text import is_blank, is_one_line
from schoolbell.kit.time import now, zone
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.policies import PolicyChange
from schoolbell.schools.queries import lock_school

_SOUND: Final = {
    "name": "(?s).{1,200}",
    "tagline": "(?s).{0,200}",
    "about": "(?s).{0,5000}",
    "colour": "#[0-9a-f]{6}",
    "timezone": ".+",
    "country": "[A-Z]{2}",
    "language": "[a-z]{2,3}(-[a-z0-9]{2,6})?",
    "email": r"|[^\s@]{1,64}@[^\s@]{1,180}\.[^\s@.]{2,}",
    "phone": r"|\+?[0-9 ()./-]{6,31}",
    "address": "(?s).{0,300}",
    "bank_details": "(?s).{0,1000}",
    "terms": "(?s).{0,20000}",
}
_WHAT_IT_IS: Final = {
    "name": _("Give the school a name of at most 200 letters, in one line."),
    "tagline": _("Use at most 200 letters, in one line."),
    "about": _("Use at most 5,000 letters."),
    "colour": _("Write a colour such as #2f6f5e."),
    "timezone": _("There is no such time zone. Write one such as Europe/London."),
    "country": _("Give a country’s code of two letters, such as GB."),
    "language": _("Give a language’s code, such as en."),
    "email": _("Write an e-mail address such as hello@example.org, or nothing."),
    "phone": _("Write a phone number of at least six figures, or nothing."),
    "address": _("Use at most 300 letters, in one line."),
    "bank_details": _("Use at most 1,000 letters."),
    "terms": _("Use at most 20,000 letters."),
}
PROFILE: Final = tuple(_SOUND)


@transaction.atomic
def change_school(school: School, values: dict[str, Any], *, by: Actor) -> School:
    """Who the school is, by the names of `PROFILE`; what is not named stays. Changing nothing records nothing.

    In another zone opening hours and series keep the one that they were given. The currency never changes: every
    amount is in it. Raises InputRefused.
    """
    wanted = {name: value.strip() for name, value in values.items()}
    _require_sound(wanted)
    current = lock_school(school.pk)
    old = {name: getattr(current, name) for name, value in wanted.items() if getattr(current, name) != value}
    if not old:
        return current
    for name in old:
        setattr(current, name, wanted[name])
    current.updated_at = now()
    current.save(update_fields=[*old, "updated_at"])
    record("school.changed", current, by=by, old=old, new={name: wanted[name] for name in old})
    return School.objects.get(id=school.pk)


def _require_sound(wanted: dict[str, str]) -> None:
    """Raises InputRefused."""
    if unknown := [name for name in wanted if name not in PROFILE]:
        raise InputRefused({name: [str(_("A school cannot change this."))] for name in unknown})
    wrong = {name: [str(_WHAT_IT_IS[name])] for name, value in wanted.items() if not re.fullmatch(_SOUND[name], value)}
    for name in ("name", "tagline", "address"):
        if not is_one_line(wanted.get(name, "")) or (name == "name" and is_blank(wanted.get(name, "A school"))):
            wrong[name] = [str(_WHAT_IT_IS[name])]
    try:
        zone(wanted.get("timezone", "UTC"))
    except ValueError:
        wrong["timezone"] = [str(_WHAT_IT_IS["timezone"])]
    if wrong:
        raise InputRefused(wrong)


@transaction.atomic
def change_policies(school: School, values: dict[str, Any], *, by: Actor) -> School:
    """These policies from now on; what is not named stays, also within `hold_minutes`.

    Changing nothing records nothing. The record has the old and the new value of each that changed.
    Raises InputRefused, which names each policy that is not sound.
    """
    current = lock_school(school.pk)
    try:
        wanted = current.policies.with_overrides(PolicyChange.model_validate(values).said)
    except ValidationError as wrong:
        raise _refused(wrong) from wrong
    before, after = (one.model_dump(mode="json") for one in (current.policies, wanted))
    old = {name: value for name, value in before.items() if after[name] != value}
    if not old:
        return current
    moment = now()
    current.stored_policies = after
    current.former_policies = [*current.former_policies, {"until": moment.isoformat(), "was": old}]
    current.updated_at = moment
    current.save(update_fields=["stored_policies", "former_policies", "updated_at"])
    record("school.policies_changed", current, by=by, old=old, new={name: after[name] for name in old})
    return School.objects.get(id=school.pk)


def _refused(wrong: ValidationError) -> InputRefused:
    """What pydantic found wrong, by the names of policies."""
    told: dict[str, list[str]] = {}
    for error in wrong.errors():
        told.setdefault(".".join(map(str, error["loc"])), []).append(str(error["msg"]))
    return InputRefused(told)
