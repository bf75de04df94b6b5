"""Every address of the pages, as the urlconf writes it without its school."""

from typing import Final

# What no school owns.
GENERAL: Final = ("", "sign-in", "components", "api/docs")
# What can be looked at: a test holds that whatever else the urlconf has refuses to be.
PAGES: Final = {
    "public": (
        *("", "school.css", "courses/<course_id>/", "products/<product_id>/", "book/"),
        *("orders/<order_id>/", "orders/<order_id>/pay", "orders/<order_id>/name/<booking_id>"),
        *("orders/<order_id>/notes", "orders/<order_id>/cancel", "orders/<order_id>/calendar.ics"),
    ),
    "portal": (
        *("my/", "my/lessons.ics", "my/bookings/", "my/orders/", "my/payments/", "my/weekly/"),
        *(f"my/bookings/<booking_id>/{what}" for what in ("", "lessons.ics", "cancel", "move", "name", "notes")),
    ),
    "instructor": (
        *("teach/", "teach/week/", "teach/weekly/", "teach/free/", "teach/hours/", "teach/time-off/", "teach/slots/"),
        *("teach/calendars/", "teach/lessons/<slot_id>/"),
        *(f"teach/lessons/<slot_id>/{what}/" for what in ("move", "cancel", "substitute")),
    ),
    "office": tuple(
        f"office/{what}"
        for what in (
            *("", "calendar/", "find/", "skipped/", "time-off/", "sign-ins/", "sign-ins/people/<person_id>/"),
            "substitutes/",
            *("sessions/", "sessions/new/", "sessions/<session_id>/", "sessions/<session_id>/cancel"),
            *("sessions/<session_id>/move/", "sessions/<session_id>/substitute/"),
            *("series/", "series/new/", "series/<series_id>/", "series/<series_id>/change/", "series/<series_id>/end/"),
            *("weekly/", "weekly/new/", "weekly/join/", "weekly/<enrollment_id>/", "weekly/<enrollment_id>/change/"),
            *("weekly/<enrollment_id>/pause/", "weekly/<enrollment_id>/resume/", "weekly/<enrollment_id>/end/"),
            *("bookings/", "bookings/new/", "bookings/<booking_id>/", "bookings/<booking_id>/cancel"),
            *("bookings/<booking_id>/name", "bookings/<booking_id>/move", "bookings/<booking_id>/notes"),
            *("bookings/<booking_id>/pay", "bookings/<booking_id>/confirm"),
            *("families/", "families/new/", "families/<client_id>/", "families/<client_id>/edit/"),
            "families/<client_id>/students/new/",
            *("students/", "students/new/", "students/<student_id>/", "students/<student_id>/edit/"),
            *("instructors/", "instructors/new/", "instructors/<instructor_id>/", "instructors/<instructor_id>/edit/"),
            *("instructors/<instructor_id>/absent/", "instructors/<instructor_id>/calendars/"),
            "instructors/<instructor_id>/slots/",
            *("courses/", "courses/new/", "courses/<course_id>/", "courses/<course_id>/edit/"),
            *("courses/<course_id>/change/", "courses/<course_id>/policies/", "courses/<course_id>/instructors/"),
            "people/<whom>/",
            *("products/", "products/new/", "products/<product_id>/"),
            *("files/", "files/export", "files/samples/<kind>.csv", "files/<batch>/"),
            *(
                "requests/",
                "requests/new/",
                "proposals/<proposal_id>/",
                "proposals/<proposal_id>/progress",
            ),
            *("settings/", "settings/school/", "settings/policies/", "settings/closed-days/", "settings/hours/"),
            *("settings/travel/", "closures/<closure_id>/lessons/"),
            *("resources/", "resources/new/", "resources/<resource_id>/", "resources/<resource_id>/edit/"),
        )
    ),
}
# Forms of a page which lead back to it when somebody asks for them anew.
LEAD_BACK: Final = ("office/bookings/<booking_id>/pay", "office/bookings/<booking_id>/confirm")
