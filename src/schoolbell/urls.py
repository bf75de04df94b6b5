"""Where every address leads."""

from django.urls import URLPattern, URLResolver, include, path

from schoolbell.api.app import api
from schoolbell.web.components import components
from schoolbell.web.home import home
from schoolbell.web.missing import missing
from schoolbell.web.reference.page import reference
from schoolbell.web.sign_in import sign_in, sign_out
from schoolbell.web.style import school_css

handler404 = missing
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),  # first: what programs ask for, they ask for often
    path("api/docs", reference, {"read": api.get_openapi_schema}),
    path("", home),
    path("sign-in", sign_in),
    path("sign-out", sign_out),
    path("components", components),
    path("s/<slug:slug>/school.css", school_css),
    path("s/<slug:slug>/office/", include("schoolbell.web.office.urls")),
    path("s/<slug:slug>/teach/", include("schoolbell.web.instructor.urls")),
    path("s/<slug:slug>/my/", include("schoolbell.web.portal.urls")),
    path("s/<slug:slug>/", include("schoolbell.web.public.urls")),
]
