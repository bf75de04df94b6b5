"""Icons from the sprite, and people’s initials."""

from functools import cache, lru_cache
from typing import Final
from zlib import crc32

from django.template import Library
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = Library()

TONES: Final = 6


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """A Lucide icon, as large as the text beside it. Hidden from screen readers, unless it has a `label` of its own.

    The sprite holds the icons that templates and Python here name: a new one needs `bin/frontend`.
    """
    if label:
        return format_html('<svg class="i {}" role="img" aria-label="{}">{}</svg>', classes, label, _use(name))
    return _silent(name, classes)


@register.simple_tag
def avatar(name: str, size: str = "", key: object = None) -> SafeString:
    """A person’s initials in their own fixed tint. `size` is sm, lg or empty; `key` (an id) fixes the tint when two
    people share a name. The name itself has to stand beside it: this is hidden from screen readers."""
    tone = crc32(str(key or name).encode()) % TONES + 1
    classes = f"mono tone-{tone}" + (f" mono-{size}" if size else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials(name))


def initials(name: str) -> str:
    """“Priya Raman” is PR, “Leo” is L, “Juan Carlos de la Cruz” is JC."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@lru_cache(maxsize=512)
def _silent(name: str, classes: str) -> SafeString:
    return format_html('<svg class="i {}" aria-hidden="true">{}</svg>', classes, _use(name))


def _use(name: str) -> SafeString:
    return format_html('<use href="{}#{}"></use>', _sprite(), name)


@cache
def _sprite() -> str:
    return static("web/sprite.svg")
