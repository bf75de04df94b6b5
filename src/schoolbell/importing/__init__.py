"""A school's own files, in and out: courses, resources, instructors, students, timetable."""
