"""What the API answers, for its document, by noun. While it runs nothing is checked against it; the tests do that."""

from schoolbell.api.shapes.availability import *
from schoolbell.api.shapes.basis import *
from schoolbell.api.shapes.bookings import *
from schoolbell.api.shapes.courses import *
from schoolbell.api.shapes.enrollments import *
from schoolbell.api.shapes.hours import *
from schoolbell.api.shapes.lessons import *
from schoolbell.api.shapes.payments import *
from schoolbell.api.shapes.people import *
from schoolbell.api.shapes.products import *
from schoolbell.api.shapes.rearranging import *
from schoolbell.api.shapes.resources import *
from schoolbell.api.shapes.reviews import *
from schoolbell.api.shapes.schools import *
from schoolbell.api.shapes.series import *
from schoolbell.api.shapes.sessions import *
from schoolbell.api.shapes.slots import *
from schoolbell.api.shapes.timetable_proposals import *
