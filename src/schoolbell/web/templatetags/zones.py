"""In whose time a page speaks, to be switched."""

from typing import Any

from django.template import Context, Library

from schoolbell.web.zones import zone_choices

register = Library()


@register.inclusion_tag("web/parts/zone_switch.html", takes_context=True)
def zone_switch(context: Context) -> dict[str, Any]:
    """A choice of zones that shows the page again, as it was asked for, in the time of another place."""
    own, asked = context["zone"], context["request"].GET
    kept = [(name, value) for name, values in asked.lists() if name != "zone" for value in values]
    return {"zone": own, "zones": zone_choices(own, context["school_zone"]), "kept": kept}
