"""The booking form as a whole: its parts, which of them there are, and whether they go together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from schoolbell.billing.wishes import ProductWish
from schoolbell.schools.actor import Role
from schoolbell.web.entry import Visit
from schoolbell.web.public.beside import ProductsForm, products_form
from schoolbell.web.public.forms import (
    ME,
    STAFF,
    NotesForm,
    PayForm,
    SeatForm,
    SlotsForm,
    TermsForm,
    Typed,
    TypedForm,
    WhoForm,
    number_of_seats,
)
from schoolbell.web.public.frame import zone_of
from schoolbell.web.public.learners import learners_of
from schoolbell.web.public.paying import CARD, DEPOSIT, ways_to_pay
from schoolbell.web.public.students import StudentsForm
from schoolbell.web.public.target import MOST_SEATS, Target


@dataclass(frozen=True, slots=True)
class Forms:
    """The parts of the form. A guest fills in `who`; a client chooses among `students`; both may name new people."""

    slots: SlotsForm | None
    who: WhoForm | None
    students: StudentsForm | None
    seats: Sequence[SeatForm]
    pay: PayForm | None
    terms: TermsForm | None = None
    products: ProductsForm | None = None
    notes: NotesForm | None = None

    @property
    def new_people(self) -> Sequence[SeatForm]:
        """The rows that count: none when somebody books for themselves, or one seat is for somebody known."""
        if self.who and self.who.chosen == ME:
            return ()
        return () if self.students and self.students.is_one and not self.students.is_new else self.seats

    @property
    def may_add(self) -> bool:
        """There may be rows for several new people."""
        return not (self.students and self.students.is_one)

    @property
    def is_counted_anew(self) -> bool:
        """Is there anything in it that changes the sum, or when it is to be paid, without a seat more or less?"""
        chooses = self.slots or self.students or self.products or (self.who and len(self.who["for_whom"]) > 1)
        return bool(chooses or (self.pay and len(self.pay["pay_with"]) > 1))

    @property
    def way_to_pay(self) -> str:
        """That which is chosen, from the start the first; empty where nothing is to be paid."""
        return str(self.pay["pay_with"].value() or "") if self.pay else ""

    @property
    def is_by_card(self) -> bool:
        """May one choose a card? On its page one's credit can be chosen, too."""
        return self.pay is not None and any(way.data["value"] in (CARD, DEPOSIT) for way in self.pay["pay_with"])

    @property
    def number(self) -> int:
        chosen = len(self.students.chosen) if self.students else 0
        return max(chosen + len(self.new_people), 1)

    @property
    def wishes(self) -> list[ProductWish]:
        return self.products.wishes if self.products else []

    @property
    def all(self) -> list[TypedForm]:
        return [
            form
            for form in (
                self.slots,
                self.who,
                self.students,
                *self.new_people,
                self.products,
                self.notes,
                self.pay,
                self.terms,
            )
            if form is not None
        ]

    def are_valid(self) -> bool:
        mistaken = [form for form in self.all if not form.is_valid()]  # every one is asked, so that all is told at once
        if mistaken or self._names_twice():
            return False
        if self.students and not self.students.is_one and not self.students.chosen and not self.seats:
            self.students.add_error("students", _("Choose who is coming, or add somebody."))
            return False
        return True

    def _names_twice(self) -> bool:
        """Somebody stands in the order twice, by mistake as it seems: it is told beside the second."""
        known = self.students.chosen if self.students else []
        said = {(one.person.name.casefold(), one.person.birth_date) for one in known}
        twice = False
        for seat in self.new_people:
            if seat.is_later:
                continue
            who = (seat.cleaned_data["name"].casefold(), seat.cleaned_data.get("born_on"))
            if who in said:
                seat.add_error("name", _("This name is in the order twice. If these are two people, add an initial."))
                twice = True
            said.add(who)
        return twice


def forms_of(visit: Visit, target: Target, typed: Typed | None) -> Forms:
    """As they were typed so far, with a row more or less if that was asked for."""
    students, wanted = learners_of(visit), visit.request.GET.get("student", "")
    who = WhoForm(typed, target=target) if visit.actor.role == Role.GUEST else None
    chosen = StudentsForm(typed, students=students, target=target, wanted=wanted) if students else None
    rows = _rows(target, typed, least=0 if chosen and not chosen.is_one else 1)
    counts = who is None or who.chosen == STAFF
    seats = [
        SeatForm(typed, target=target, number=number, of=rows, counts_later=counts) for number in range(1, rows + 1)
    ]
    where = zone_of(visit, target.wish.course)
    slots = SlotsForm(typed, target=target, where=where) if target.choices else None
    so_far = Forms(slots, who, chosen, seats, None, products=products_form(visit.school, typed))
    ways = ways_to_pay(target, seats=so_far.number, where=where, products=so_far.wishes)
    terms = TermsForm(typed) if visit.school.terms else None
    pay = PayForm(typed, choices=ways) if ways else None
    return replace(so_far, pay=pay, terms=terms, notes=NotesForm(typed))


def _rows(target: Target, typed: Typed | None, *, least: int) -> int:
    """For so many new people there is a row: as many as there were, with one more or less if that was asked for."""
    if typed is None:
        return least
    most = MOST_SEATS if target.wish.session else 1  # also when fewer are left by now: nobody is left out unasked
    rows = max(number_of_seats(typed.data, most=most), least)
    if typed.data.get("do") == "add":
        return max(min(rows + 1, target.most_seats), rows)
    return max(rows - 1, least) if typed.data.get("do") == "drop" else rows
