"""What an address may be asked: a query parameter that it does not know is refused, not passed over in silence."""

from collections.abc import Callable
from types import MethodType
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from schoolbell.kit.refusals import InputRefused

Run = Callable[..., HttpResponseBase]


def only_known(run: MethodType) -> Run:
    """Around a GET's `Operation.run`: a filter that was misspelt would answer with everything. Raises InputRefused."""
    operation: Any = run.__self__
    if "GET" not in operation.methods:
        return run
    known = frozenset(
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    )

    def run_if_known(request: HttpRequest, **path: Any) -> HttpResponseBase:
        unknown = [name for name in request.GET if name not in known]
        if unknown:
            raise InputRefused({name: [_said(known)] for name in unknown})
        answer: HttpResponseBase = run(request, **path)
        return answer

    return run_if_known


def _said(known: frozenset[str]) -> str:
    if not known:
        return _("This address takes no parameters.")
    return _("There is no such parameter here. There are: %s.") % ", ".join(sorted(known))
