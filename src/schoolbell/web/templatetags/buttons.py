"""What can be pressed."""

from typing import Any, Final

from django.forms.utils import flatatt
from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from schoolbell.web.once import new_key
from schoolbell.web.templatetags.icons import icon as drawn

register = Library()

SPINNER: Final = SafeString('<span class="loading loading-spinner loading-sm"></span>')


@register.simple_tag
def button(
    label: str,
    kind: str = "quiet",
    icon: str = "",
    size: str = "",
    *,
    square: bool = False,
    busy: bool = False,
    **more: Any,
) -> SafeString:
    """A button. At most one of `kind="primary"` in a sheet.

    kind    primary, quiet, ghost, neutral, error (does what cannot be undone), stop (leads there), door, on-door
    size    sm in dense office rows, xs, block
    square  shows the icon alone; the label is for those who listen
    busy    it works: a spinner in place of the icon
    more    attributes; an underscore is a hyphen: `hx_post=url`, `name="do"`, `disabled=True`, `class="mt-4"`
    """
    more.setdefault("type", "submit")
    if busy:
        more["aria-busy"] = "true"
    return _pressable("button", label, kind, icon, size, square=square, busy=busy, more=more)


@register.simple_tag
def link_button(
    label: str, href: str, kind: str = "quiet", icon: str = "", size: str = "", *, square: bool = False, **more: Any
) -> SafeString:
    """A link that looks like a button; arguments as `button`."""
    return _pressable("a", label, kind, icon, size, square=square, busy=False, more={"href": href, **more})


@register.simple_tag
def once_key() -> SafeString:
    """Within a form that makes something: sent twice it makes it once (see `web.once.once`)."""
    return format_html('<input type="hidden" name="once" value="{}">', new_key())


@register.inclusion_tag("web/parts/post_button.html", takes_context=True)
def post_button(
    context: Context, label: str, action: str, kind: str = "quiet", icon: str = "", size: str = "", **more: Any
) -> dict[str, Any]:
    """A form of one button, for an act that needs no more than its address: works without JavaScript."""
    pressed = button(label, kind, icon, size, **more)
    return {"action": action, "button": pressed, "csrf_token": context.get("csrf_token")}


def _pressable(
    element: str, label: str, kind: str, icon: str, size: str, *, square: bool, busy: bool, more: dict[str, Any]
) -> SafeString:
    attributes = {name.replace("_", "-"): value for name, value in more.items() if value not in (None, "")}
    classes = ["btn", f"btn-{kind}", f"btn-{size}" if size else "", "btn-square" if square else ""]
    attributes["class"] = " ".join(filter(None, [*classes, attributes.get("class", "")]))
    if square:
        attributes["aria-label"] = label
    before = SPINNER if busy else drawn(icon) if icon else ""
    return format_html("<{0}{1}>{2}{3}</{0}>", element, flatatt(attributes), before, "" if square else label)
