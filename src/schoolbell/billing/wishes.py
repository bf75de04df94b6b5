"""Products that somebody wants, alone or with lessons: the lines that come of it, at today's price."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from schoolbell.billing.models import ProductLine
from schoolbell.billing.refusals import ProductNotOnSale
from schoolbell.catalogue.models import Product
from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import now
from schoolbell.people.models import Student
from schoolbell.pricing.price import priced, split
from schoolbell.schools.actor import Actor
from schoolbell.schools.policies import Policies

MOST_OF_ONE: Final = 1_000
MOST_AMOUNT: Final = 2_000_000_000  # minor units; what a column holds


@dataclass(frozen=True, slots=True)
class ProductWish:
    """So many of this product. `student` None: for whoever takes the seats that it is ordered with."""

    product: Product
    quantity: int = 1
    student: Student | None = None


def plan_lines(wishes: Sequence[ProductWish], students: Sequence[Student]) -> list[ProductLine]:
    """Their lines, not written yet, as in `lines_of`. Raises: InputRefused, ProductNotOnSale."""
    named = {(wish.product.pk, wish.student.pk if wish.student else None) for wish in wishes}
    if len(named) < len(wishes):
        raise InputRefused.of("products", _("Name the products, each once."))
    for wish in wishes:
        if not wish.product.is_active:
            raise ProductNotOnSale(wish.product.pk)
        if not 1 <= wish.quantity <= MOST_OF_ONE:
            raise InputRefused.of("quantity", _("Order from one to a thousand."))
    if sum(wish.product.price * wish.quantity for wish in wishes) > MOST_AMOUNT:
        raise InputRefused.of("quantity", _("That is more than one order may cost."))
    return lines_of(wishes, students)


def lines_of(wishes: Sequence[ProductWish], students: Sequence[Student]) -> list[ProductLine]:
    """What names no student is shared out among these, as evenly as it can be."""
    return [
        _line(wish.product, quantity, student)
        for wish in wishes
        for student, quantity in _shared_out(wish, students)
        if quantity
    ]


def _shared_out(wish: ProductWish, students: Sequence[Student]) -> Iterable[tuple[Student, int]]:
    if wish.student is not None:
        return [(wish.student, wish.quantity)]
    return zip(students, split(wish.quantity, [1] * len(students)), strict=True)


def _line(product: Product, quantity: int, student: Student) -> ProductLine:
    price = priced(product.price * quantity, tax_rate=product.tax_rate, due_now=0)
    return ProductLine(
        school_id=product.school_id,
        product=product,
        student=student,
        quantity=quantity,
        unit_price=product.price,
        total=price.total,
        tax=price.tax,
        tax_rate=price.tax_rate,
    )


def write_lines(lines: Iterable[ProductLine], *, order_id: UUID, client_id: UUID, by: Actor) -> None:
    """They are ordered. In the transaction that makes the order."""
    for line in lines:
        line.order_id = order_id
        line.save(force_insert=True)
        new = {"quantity": line.quantity, "total": line.total}
        record("product.ordered", line, by=by, student_id=line.student_id, client_id=client_id, new=new)
        tell("product.ordered", line)


def total_of(lines: Iterable[ProductLine]) -> int:
    return sum(line.total for line in lines)


def time_to_pay(policies: Policies, pay_with: str, *, by: Actor) -> dt.datetime | None:
    """Until when products wait that no seat is held with: as long as a hold lasts. None: whenever, for staff."""
    minutes: int = getattr(policies.hold_minutes, pay_with)
    return None if by.is_staff else now() + dt.timedelta(minutes=minutes)
