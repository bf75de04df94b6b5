"""Addresses of `web.office`."""

from django.urls import URLPattern, path

from schoolbell.web.office import (
    booking,
    booking_move,
    booking_name,
    booking_notes,
    calendars,
    closed_days,
    days_out,
    families,
    files,
    instructors,
    new_session,
    products,
    proposals,
    requests,
    school_hours,
    session,
    settings,
    sign_ins,
    skipped,
    slots,
    students,
    substitutes_asked,
    times_off,
    travel,
    weekly_change,
)
from schoolbell.web.office.absence import absent
from schoolbell.web.office.bookings import booking_list
from schoolbell.web.office.calendar import calendar
from schoolbell.web.office.class_seats import join
from schoolbell.web.office.closed_day import closed_lessons
from schoolbell.web.office.course_change import course_change
from schoolbell.web.office.course_details import course_details
from schoolbell.web.office.course_instructors import course_instructors
from schoolbell.web.office.course_policies import course_policies
from schoolbell.web.office.courses import course, course_list, new_course
from schoolbell.web.office.finding import find_time
from schoolbell.web.office.new_booking import new_booking
from schoolbell.web.office.resources import (
    edit_resource,
    new_resource,
    put_back_hours,
    remove_hours,
    resource,
    resource_list,
)
from schoolbell.web.office.series import series, series_list
from schoolbell.web.office.series_change import series_change, series_end
from schoolbell.web.office.series_new import new_series
from schoolbell.web.office.session_move import session_move
from schoolbell.web.office.sessions import session_list
from schoolbell.web.office.substitutes import substitutes
from schoolbell.web.office.suggestions import suggestions
from schoolbell.web.office.today import office_today
from schoolbell.web.office.weekly import weekly, weekly_list
from schoolbell.web.office.weekly_new import new_weekly

urlpatterns: list[URLPattern] = [
    path("", office_today),
    path("calendar/", calendar),
    path("sessions/", session_list),
    path("sessions/new/", new_session.new_session),
    path("sessions/<uuid:session_id>/", session.session),
    path("sessions/<uuid:session_id>/publish", session.publish),
    path("sessions/<uuid:session_id>/cancel", session.cancel),
    path("sessions/<uuid:session_id>/substitute/", substitutes),
    path("skipped/", skipped.skipped_list),
    path("skipped/<uuid:skipped_id>/place", skipped.place),
    path("sessions/<uuid:session_id>/move/", session_move),
    path("series/", series_list),
    path("series/new/", new_series),
    path("series/<uuid:series_id>/", series),
    path("series/<uuid:series_id>/change/", series_change),
    path("series/<uuid:series_id>/leave-out", days_out.series_leave_out),
    path("series/<uuid:series_id>/put-back", days_out.series_put_back),
    path("series/<uuid:series_id>/end/", series_end),
    path("weekly/", weekly_list),
    path("weekly/new/", new_weekly),
    path("weekly/join/", join),
    path("weekly/<uuid:enrollment_id>/", weekly),
    path("weekly/<uuid:enrollment_id>/change/", weekly_change.weekly_change),
    path("weekly/<uuid:enrollment_id>/leave-out", days_out.weekly_leave_out),
    path("weekly/<uuid:enrollment_id>/put-back", days_out.weekly_put_back),
    path("weekly/<uuid:enrollment_id>/pause/", weekly_change.weekly_pause),
    path("weekly/<uuid:enrollment_id>/resume/", weekly_change.weekly_resume),
    path("weekly/<uuid:enrollment_id>/end/", weekly_change.weekly_end),
    path("closures/<uuid:closure_id>/lessons/", closed_lessons),
    path("find/", find_time),
    path("closures/<uuid:closure_id>/remove", closed_days.remove),
    path("closures/<uuid:closure_id>/keep-open", closed_days.keep),
    path("closures/<uuid:closure_id>/close-again", closed_days.close),
    path("bookings/", booking_list),
    path("bookings/new/", new_booking),
    path("bookings/<uuid:booking_id>/", booking.booking),
    path("bookings/<uuid:booking_id>/pay", booking.record_payment),
    path("bookings/<uuid:booking_id>/confirm", booking.confirm),
    path("bookings/<uuid:booking_id>/cancel", booking.cancel),
    path("bookings/<uuid:booking_id>/name", booking_name.name),
    path("bookings/<uuid:booking_id>/move", booking_move.move),
    path("bookings/<uuid:booking_id>/notes", booking_notes.notes),
    path("families/", families.family_list),
    path("families/new/", families.new_family),
    path("families/<uuid:client_id>/", families.family),
    path("families/<uuid:client_id>/edit/", families.edit_family),
    path("families/<uuid:client_id>/students/new/", families.new_child),
    path("people/<str:whom>/", suggestions),
    path("students/", students.student_list),
    path("students/new/", students.new_student),
    path("students/<uuid:student_id>/", students.student),
    path("students/<uuid:student_id>/edit/", students.edit_student),
    path("instructors/", instructors.instructor_list),
    path("instructors/new/", instructors.new_instructor),
    path("instructors/<uuid:instructor_id>/", instructors.instructor),
    path("instructors/<uuid:instructor_id>/edit/", instructors.edit_instructor),
    path("instructors/<uuid:instructor_id>/absent/", absent),
    path("instructors/<uuid:instructor_id>/hours/<uuid:hours_id>/remove", instructors.remove_hours),
    path("instructors/<uuid:instructor_id>/hours/put-back", instructors.put_back_hours),
    path("instructors/<uuid:instructor_id>/calendars/", calendars.calendars),
    path("instructors/<uuid:instructor_id>/calendars/<uuid:calendar_id>/read", calendars.read),
    path("instructors/<uuid:instructor_id>/calendars/<uuid:calendar_id>/remove", calendars.remove),
    path("instructors/<uuid:instructor_id>/slots/", slots.slots),
    path("instructors/<uuid:instructor_id>/slots/<uuid:slot_id>/delete", slots.remove),
    path("substitutes/", substitutes_asked.substitutes_asked),
    path("substitutes/<uuid:request_id>/decline", substitutes_asked.decline),
    path("time-off/", times_off.times_off),
    path("time-off/<uuid:time_off_id>/approve", times_off.approve),
    path("time-off/<uuid:time_off_id>/decline", times_off.decline),
    path("time-off/<uuid:time_off_id>/withdraw", times_off.withdraw),
    path("courses/", course_list),
    path("courses/new/", new_course),
    path("courses/<uuid:course_id>/", course),
    path("courses/<uuid:course_id>/edit/", course_details),
    path("courses/<uuid:course_id>/change/", course_change),
    path("courses/<uuid:course_id>/instructors/", course_instructors),
    path("courses/<uuid:course_id>/policies/", course_policies),
    path("products/", products.product_list),
    path("products/new/", products.new_product),
    path("products/<uuid:product_id>/", products.edit_product),
    *(
        path(f"products/lines/<uuid:line_id>/{act}", products.product_act, {"act": act})
        for act in (*products.PAYING, "hand-over", "cancel")
    ),
    path("files/", files.files),
    path("files/export", files.export),
    path("files/samples/<slug:kind>.csv", files.sample_file),
    path("files/<uuid:batch>/", files.look_over),
    path("sign-ins/", sign_ins.sign_ins),
    path("sign-ins/staff/<uuid:staff_id>/remove", sign_ins.remove),
    path("sign-ins/people/<uuid:person_id>/", sign_ins.of_person),
    path("sign-ins/people/<uuid:person_id>/remove", sign_ins.take),
    path("requests/", requests.request_list),
    path("requests/new/", requests.new_request),
    path("requests/<uuid:request_id>/withdraw", requests.withdraw),
    path("proposals/", proposals.propose),
    path("proposals/<uuid:proposal_id>/", proposals.proposal),
    path("proposals/<uuid:proposal_id>/progress", proposals.progress),
    path("proposals/<uuid:proposal_id>/accept", proposals.accept),
    path("proposals/<uuid:proposal_id>/discard", proposals.discard),
    path("settings/", settings.settings_page),
    path("settings/school/", settings.school_settings),
    path("settings/policies/", settings.policies),
    path("settings/closed-days/", closed_days.closed_days),
    path("settings/closed-days/follow", closed_days.follow),
    path("settings/hours/", school_hours.school_hours),
    path("settings/hours/hours/<uuid:hours_id>/remove", school_hours.remove_hours),
    path("settings/hours/hours/put-back", school_hours.put_back_hours),
    path("settings/travel/", travel.travel),
    path("settings/travel/<uuid:travel_id>/remove", travel.remove_travel),
    path("resources/", resource_list),
    path("resources/new/", new_resource),
    path("resources/<uuid:resource_id>/", resource),
    path("resources/<uuid:resource_id>/edit/", edit_resource),
    path("resources/<uuid:resource_id>/hours/<uuid:hours_id>/remove", remove_hours),
    path("resources/<uuid:resource_id>/hours/put-back", put_back_hours),
]
