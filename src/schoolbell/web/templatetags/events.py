"""Lessons on the office's calendar, each drawn in one go: a week has hundreds, over which templates take long."""

from typing import Any, Final

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from schoolbell.web.templatetags.states import booking_state, session_state
from schoolbell.web.templatetags.words import lasting

register = Library()

# What a kind of event is called as a session; one that is pending is called as its booking is.
SESSION_STATES: Final = {"cancelled": "cancelled", "now": "in_progress", "done": "completed", "open": "published"}


@register.simple_tag
def event_row(event: Any, by: str = "instructor") -> SafeString:
    """A row of a list: `web.office.events.Event`. Where all is well no chip says so. By `resource` it names the
    place."""
    return format_html(
        '<a href="{}" class="flex items-center gap-4 px-4 py-3 hover:bg-base-200">'
        '<b class="num w-12 shrink-0 font-semibold">{}</b><span class="min-w-0 flex-1 text-sm leading-snug">'
        '<span class="line-clamp-2 font-semibold{}">{}</span>'
        '<span class="line-clamp-2 text-muted">{}, <span class="whitespace-nowrap">{}</span></span>'
        "</span>{}</a>",
        event.href,
        event.clock,
        " line-through" if event.kind == "cancelled" else "",
        event.title,
        _beside(event, by),
        lasting(event.during.minutes),
        _state(event),
    )


@register.simple_tag
def event_to_scale(placed: Any) -> SafeString:
    """In the calendar to scale: `web.office.grid.Placed`."""
    event = placed.event
    return format_html(
        '<li class="at-{} for-{} in-{}-{}"><a href="{}" class="ev ev-{}{}" title="{}"><b>{}</b>'
        '<span class="who">{}</span></a></li>',
        placed.row,
        placed.rows,
        placed.lane,
        placed.lanes,
        event.href,
        event.kind,
        " ev-short" if placed.is_short else "",
        ", ".join(filter(None, (event.times, event.title, event.staff))),
        event.clock,
        event.title,
    )


@register.simple_tag
def event_cell(event: Any) -> SafeString:
    """In a cell of the week's table."""
    return format_html(
        '<a href="{}" class="ev ev-{}"><b>{}</b><span class="who">{}</span></a>',
        event.href,
        event.kind,
        event.times,
        event.title,
    )


def _beside(event: Any, by: str) -> str:
    who: str = event.staff or event.slot.course
    return f"{event.slot.place or _('No place')}, {who}" if by == "resource" else who


def _state(event: Any) -> SafeString:
    if event.kind in SESSION_STATES:
        return session_state(SESSION_STATES[event.kind])
    if event.is_draft:
        return session_state("draft")
    return booking_state("pending") if event.kind == "pending" else SafeString()
