"""Which thing a line is about: one on file, one that an earlier line brought, or a new one."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from schoolbell.importing.lines import Line
from schoolbell.importing.things import Register, Thing

MAY_BE = Callable[[Thing], bool]


def defined(
    register: Register,
    line: Line,
    *,
    key: str,
    name: str,
    email: str = "",
    make: Callable[[], Thing],
    may_be: MAY_BE = lambda _thing: True,
    column: str = "key",
) -> Thing | None:
    """The thing that the line defines. A key goes before everything; a key that is not known yet is given to what goes
    by that address or name and has none. None where that cannot be said; the line says why.

    `may_be`: is it plausible that a nameless key means this one?
    """
    if key:
        thing = register.keyed(key)
        if thing is None:
            unkeyed = [one for one in register.named(name, email) if not one.key and may_be(one)]
            thing = unkeyed[0] if len(unkeyed) == 1 else None
            if thing is None:
                thing = register.add(make())
            register.give_key(thing, key)
    else:
        found = register.named(name, email)
        if len(found) > 1:
            line.bad(column, _("several go by “%s”; tell them apart by their keys") % (email or name))
            return None
        thing = found[0] if found else register.add(make())
    thing.line = thing.line or line.number
    return thing
