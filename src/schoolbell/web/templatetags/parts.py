"""Everything that pages are made of, in one: `{% load parts %}`. The components page shows each of them."""

from django.template import Library

from schoolbell.web.templatetags import buttons, days, events, fields, icons, phones, pieces, states, words, zones

register = Library()

for module in (buttons, days, events, fields, icons, phones, pieces, states, words, zones):
    register.tags |= module.register.tags
    register.filters |= module.register.filters
