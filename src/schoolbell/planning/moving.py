"""Moving sessions: other times, other staff, another place, with everybody who is booked.

Many are moved as one: their old times are given back before any new one is taken, so that a whole day or a series can
shift over itself. Who or what is taken is named. A student's clash may be waived by the office; nobody else's.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.ending import lock_slots
from schoolbell.bookings.holds import Reach, expire_overdue_holds
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import LessonBegun, SessionNotOpen
from schoolbell.bookings.sessions import LONGEST_SLOT, SHORTEST_SLOT
from schoolbell.catalogue.queries import instructors_of
from schoolbell.diary.claims import Wanted, claim_time, lock_diaries, taken_by
from schoolbell.diary.freeing import give_back
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.refusals import TimeTaken
from schoolbell.diary.waived import claim_or_waive, hold_waived, lock_below
from schoolbell.journal.actions import record, tell
from schoolbell.kit.database.collisions import in_one_go
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, now
from schoolbell.planning.move_clashes import Moving
from schoolbell.planning.moves import Move
from schoolbell.planning.refusals import LessonsChanged, MoveClashes, NotQualified
from schoolbell.planning.substitute_requests import settle_requests
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Session, Slot, Staffing
from schoolbell.timetable.places import require_in_use
from schoolbell.timetable.queries import staff_of
from schoolbell.timetable.spacing import rules_of, whole_weeks


@in_one_go
def move_sessions(
    moves: Sequence[Move],
    *,
    by: Actor,
    waive_students: bool = False,
    despite_rules: bool = False,
    despite_hours: Collection[UUID] = (),
    despite_closed: bool = False,
    keeps_terms: bool = False,
) -> list[Session]:
    """Make all of them, or none: if one is refused, the old times stand.

    With `waive_students` a student's clash stands: the seat is kept, the student is told, and may change or cancel free
    of charge. Sessions named in `despite_hours` may go where whoever gives them is not open. With `despite_closed` they
    may go where the school or the place is closed: the office means it. What stays at its time and place is not asked
    about that, nor about rules, nor about a clash that was let stand; nor is what is meant already and stays on its
    day. Everybody who is booked may cancel free of charge after their lesson was moved to another time, unless it
    `keeps_terms`: they wished it themselves.
    Locks: the hours of the school, then slots, sessions and diaries, each in id order.
    Raises: MoveClashes (a TimeTaken that names who is taken), LessonsChanged, LessonBegun, SessionNotOpen,
    NotQualified, InputRefused.
    """
    if not moves:
        return []
    school_id = moves[0].session.school_id
    keep_hours(school_id)
    lock_slots(
        moves[0].session,
        [
            slot.pk
            for slot in Slot.objects.filter(school_id=school_id, session_id__in=[move.session.pk for move in moves])
        ],
    )
    sessions = {
        session.pk: session
        for session in Session.objects.select_for_update(no_key=True, of=("self",))
        .filter(school_id=school_id, id__in=[move.session.pk for move in moves])
        .select_related("course__school", "resource")
        .order_by("id")
    }
    _require_movable(moves, sessions)
    _require_where_seen(moves, sessions)
    moving = Moving(moves)
    lock_diaries(school_id, moving.diaries)
    moving = Moving(moves)  # again: somebody may have booked before the slots were locked
    expire_overdue_holds(in_the_way_of=_reach(moving, rules=not despite_rules))
    clashes = list(moving.clashes())
    overruled = {"student": waive_students, "closed": despite_closed, "rule": despite_rules}
    if refused := [one for one in clashes if not overruled.get(one.kind) and not one.is_agreed(despite_hours)]:
        raise MoveClashes(refused)
    waived = {(clash.session.pk, clash.student.pk) for clash in clashes if clash.student}
    closed = {clash.session.pk for clash in clashes if clash.is_closed} | moving.stay_meant()
    _write(moving, waived=waived, closed=closed, by=by)
    for move in moves:
        _note(move, sessions[move.session.pk], moving, waived=waived, keeps_terms=keeps_terms, by=by)
    return list(Session.objects.filter(school_id=school_id, id__in=list(sessions)).order_by("starts_at", "id"))


def _reach(moving: Moving, *, rules: bool) -> Reach:
    """The new times; and where rules between neighbours count, all weeks around them of who gives it and where: paid
    late, a hold there would break what is promised now."""
    times = [(one.diary_id, one.during) for one in moving.wanted]
    staff = [one for move in moving.moves for one in moving.of_staff(move)]
    instructors = [one for move in moving.moves for one in move.instructors]
    if rules and staff and rules_of(moving.school).matter_to(instructors):
        span = Stretch(min(one.during.starts_at for one in staff), max(one.during.ends_at for one in staff))
        weeks = whole_weeks(span, moving.school.zone)
        times += [(diary_id, weeks) for diary_id in {one.diary_id for one in staff}]
    return Reach(moving.school_id, (), tuple(times), apart_from=tuple(move.session.pk for move in moving.moves))


def _require_movable(moves: Sequence[Move], sessions: dict[UUID, Session]) -> None:
    for move in moves:
        session = sessions[move.session.pk]
        if not session.is_live:
            raise SessionNotOpen(session.pk, detail=_("What was cancelled or is over cannot be moved."))
        if not session.is_movable(now()):
            raise LessonBegun(session.pk, detail=_("This has begun, so it cannot be moved."))
        _require_sound_slots(move.slots)
        if len({one.pk for one in move.instructors}) < len(move.instructors):
            raise InputRefused.of("instructors", _("Name each instructor once."))
        require_in_use(move.resource, unless=session.resource_id)
        if move.resource is not None and move.resource.capacity < session.capacity:
            raise InputRefused.of("resource", _("There is room for %s at most.") % move.resource.capacity)
        before = set(
            Staffing.objects.filter(school_id=session.school_id, session_id=session.pk).values_list(
                "instructor_id", flat=True
            )
        )
        new = {one.pk for one in move.instructors} - before
        if new and not new <= set(instructors_of(session.course).values_list("id", flat=True)):
            raise NotQualified(session.pk)


def _require_sound_slots(slots: Sequence[Stretch]) -> None:
    """Raises InputRefused."""
    if not slots or any(later.starts_at < earlier.ends_at for earlier, later in pairwise(slots)):
        raise InputRefused.of("slots", _("Give the slots in order; each ends before the next one starts."))
    if any(during.ends_at - during.starts_at < SHORTEST_SLOT for during in slots):
        raise InputRefused.of("slots", _("A slot lasts a minute at least."))
    if any(during.ends_at - during.starts_at > LONGEST_SLOT for during in slots):
        raise InputRefused.of("slots", _("A slot lasts a day at most."))
    if slots[0].starts_at <= now():
        raise InputRefused.of("slots", _("A session can be moved to a time that lies ahead."))


def _require_where_seen(moves: Sequence[Move], sessions: dict[UUID, Session]) -> None:
    """Nobody moves what somebody else has moved or handed over since they looked. Raises LessonsChanged."""
    looked = [move.session for move in moves if move.was_given_by is not None]
    staff = staff_of(looked)
    for move in moves:
        current = sessions[move.session.pk]
        has_moved = move.was is not None and move.was != current.starts_at
        if has_moved or (
            move.was_given_by is not None and move.was_given_by != tuple(one.pk for one in staff[current.pk])
        ):
            raise LessonsChanged(Stretch(current.starts_at, current.ends_at))


def _write(moving: Moving, *, waived: Collection[tuple[UUID, UUID]], closed: Collection[UUID], by: Actor) -> None:
    """Give back all old times, take all new ones, and write where and when each session is. `closed` are those that
    go where it is closed, which is meant."""
    claims = [one for move in moving.moves for one in moving.of_staff(move)]
    let_stand: list[Wanted] = []
    for move in moving.moves:
        for wanted, seat in moving.of_students(move):
            stands = (move.session.pk, seat.student.pk) in waived or wanted in moving.agreed
            (let_stand if stands else claims).append(wanted)
    # Whoever is busy elsewhere then too keeps the time of a lesson that stays where it is: given back, it could not be
    # taken again.
    stay = taken_by(moving.school_id, moving.sources) & {*claims, *let_stand}
    let_stand = [one for one in let_stand if one not in stay]
    lock_below(moving.school_id, let_stand)
    freed = give_back(moving.school_id, moving.sources, save=stay)
    try:
        # Hours and buffers are of no concern to constraints: they were looked at under the diaries' locks.
        claim_time(moving.school_id, [one for one in claims if one not in stay])
    except TimeTaken:  # somebody who locks no diary, a seat in a class, was quicker
        raise TimeTaken(moving.moves[0].session.pk) from None
    claim_or_waive(moving.school_id, let_stand)
    hold_waived(moving.school_id, freed)
    for move in moving.moves:
        for slot, during in zip(moving.slots[move.session.pk], move.slots, strict=True):
            Slot.objects.filter(school_id=moving.school_id, id=slot.pk).update(
                starts_at=during.starts_at, ends_at=during.ends_at, updated_at=now()
            )
        Session.objects.filter(school_id=moving.school_id, id=move.session.pk).update(
            starts_at=move.slots[0].starts_at,
            ends_at=move.slots[-1].ends_at,
            resource_id=move.resource.pk if move.resource else None,
            updated_at=now(),
            **({"despite_closed": move.session.pk in closed} if _goes_elsewhere(moving, move) else {}),
        )
        _staff(move, by=by)


def _goes_elsewhere(moving: Moving, move: Move) -> bool:
    before = [Stretch(slot.starts_at, slot.ends_at) for slot in moving.slots[move.session.pk]]
    return before != list(move.slots) or move.session.resource_id != (move.resource.pk if move.resource else None)


def _staff(move: Move, *, by: Actor) -> None:
    """Who gives it from now on, and who does not any more, is told. Who asked to be replaced is."""
    rows = Staffing.objects.filter(school_id=move.session.school_id, session_id=move.session.pk)
    before = [one.instructor for one in rows.select_related("instructor").order_by("-leads", "id")]
    if before == list(move.instructors):
        return
    rows.delete()
    Staffing.objects.bulk_create(
        Staffing(school_id=move.session.school_id, session=move.session, instructor=one, leads=place == 0)
        for place, one in enumerate(move.instructors)
    )
    for one in before:
        if one not in move.instructors:
            settle_requests(move.session, one, by=by)
            tell("instructor.released", one, about=move.session)
    for one in move.instructors:
        if one not in before:
            tell("instructor.assigned", one, about=move.session)


def _note(
    move: Move,
    before: Session,
    moving: Moving,
    *,
    waived: Collection[tuple[UUID, UUID]],
    keeps_terms: bool,
    by: Actor,
) -> None:
    """Keep what was, and leave word for everybody who gives it or is booked."""
    old = {"starts_at": before.starts_at.isoformat(), "resource": str(before.resource_id or "")}
    new = {
        "starts_at": move.slots[0].starts_at.isoformat(),
        "resource": str(move.resource.pk if move.resource else ""),
        "instructors": [str(one.pk) for one in move.instructors],
    }
    other_time = [Stretch(slot.starts_at, slot.ends_at) for slot in moving.slots[before.pk]] != list(move.slots)
    event = "moved" if other_time else "changed"
    record(f"session.{event}", before, by=by, old=old, new=new)
    tell(f"session.{event}", before)
    booked = Booking.objects.filter(
        school_id=before.school_id, id__in={seat.booking_id for seat in moving.seats[before.pk]}
    )
    if other_time and not keeps_terms:
        booked.update(moved_at=now(), updated_at=now())
    for booking in booked.order_by("id"):
        record(
            f"booking.{event}",
            booking,
            by=by,
            student_id=booking.student_id,
            client_id=booking.client_id,
            old=old,
            new=new | {"waived": (before.pk, booking.student_id) in waived},
        )
        tell(f"booking.{event}", booking)
