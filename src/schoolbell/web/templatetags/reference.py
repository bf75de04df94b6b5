"""Words of programmers' documents as they stand on a page."""

import re

from django.template import Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from schoolbell.web.reference.schemas import Field

register = Library()


@register.filter
def coded(text: str) -> SafeString:
    """What stands between backticks as code. The rest is text, whatever it looks like."""
    parts = re.split(r"`([^`]+)`", text)
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if at % 2 else part,) for at, part in enumerate(parts))
    )


@register.filter
def paragraphs(text: str) -> list[str]:
    """A docstring's paragraphs, each in one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


@register.filter
def linked(field: Field) -> SafeString:
    """What kind of field it is, its shapes being links to what stands of them further down."""
    names = {shape.name for shape in field.shapes}
    parts = re.split(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b", field.kind) if names else [field.kind]
    link = '<a class="text" href="#shape-{}">{}</a>'
    return format_html_join("", "{}", ((format_html(link, part, part) if part in names else part,) for part in parts))
