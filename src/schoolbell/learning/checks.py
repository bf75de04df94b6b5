"""This floor's part of `schoolbell check`."""

from schoolbell.kit.checks import Check

CHECKS = (
    Check(
        "A review is of a booking that was given, cancelled or missed, by its client.",
        """SELECT review.school_id, review.id, booking.status
           FROM learning_review AS review
           JOIN bookings_booking AS booking
               ON booking.school_id = review.school_id AND booking.id = review.booking_id
           WHERE booking.status NOT IN ('completed', 'cancelled', 'no_show')
              OR booking.client_id <> review.client_id""",
    ),
    Check(
        "An instructor's rating is the average of the reviews.",
        """SELECT coalesce(stats.school_id, said.school_id), coalesce(stats.instructor_id, said.instructor_id),
                  coalesce(stats.average_rating::text, 'none') || ' kept, ' || coalesce(said.average::text, 'none')
           FROM people_instructorstats AS stats
           FULL JOIN (
               SELECT school_id, instructor_id, count(*) AS number, round(avg(rating), 2) AS average
               FROM learning_review WHERE instructor_id IS NOT NULL GROUP BY school_id, instructor_id
           ) AS said ON said.school_id = stats.school_id AND said.instructor_id = stats.instructor_id
           WHERE coalesce(stats.ratings, 0) <> coalesce(said.number, 0)
              OR stats.average_rating IS DISTINCT FROM said.average""",
    ),
)
