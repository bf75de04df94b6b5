"""Who books what: booking number `i` is of one student in one session, all over both tables, no pair twice.

Every student is used once in 100,000 numbers; the same student later meets another session. Sessions do not overlap in
time, so that no such booking is refused.
"""

SESSIONS = 50_000
STUDENTS = 100_000

# Both without a common divisor with the number of rows, so that each is a walk through all of them.
STUDENT_STRIDE, SESSION_STRIDE = 48_271, 17_389
NEXT_TIME_AROUND = 12_347


def student_of(number: int) -> int:
    """Which student, from 0."""
    return number * STUDENT_STRIDE % STUDENTS


def session_of(number: int) -> int:
    """Which session, from 0."""
    return (number * SESSION_STRIDE + number // STUDENTS * NEXT_TIME_AROUND) % SESSIONS


# The same for pgbench, whose variable `i` is the number.
PGBENCH_SETS = f"""\\set student (:i * {STUDENT_STRIDE}) % {STUDENTS}
\\set session (:i * {SESSION_STRIDE} + :i / {STUDENTS} * {NEXT_TIME_AROUND}) % {SESSIONS}
"""
