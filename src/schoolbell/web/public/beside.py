"""What may be ordered with a lesson: the school's products, each ticked or not, and how many of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from schoolbell.billing.wishes import ProductWish
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import products_on_offer
from schoolbell.kit.money import Money
from schoolbell.schools.models import School
from schoolbell.web.public.forms import MOST_AT_ONCE, Typed, TypedForm, quantity_field

MOST_OFFERED: Final = 50
FOLDED: Final = 3  # more than so many are folded away until somebody asks


@dataclass(frozen=True, slots=True)
class Offered:
    """One of them, as the form shows it."""

    product: Product
    price: Money
    tick: BoundField
    quantity: BoundField

    @property
    def is_wanted(self) -> bool:
        return bool(self.tick.value())


class ProductsForm(TypedForm):
    """Only what is ticked counts, and its quantity."""

    def __init__(self, typed: Typed | None, *, products: Sequence[Product], school: School) -> None:
        self.products = products
        self.school = school
        super().__init__(typed)
        for one in products:
            self.fields[_tick(one)] = forms.BooleanField(label=one.name, required=False)
            self.fields[_quantity(one)] = quantity_field(_("How many: %s") % one.name, required=False)
        self.keep(typed)

    @property
    def offered(self) -> list[Offered]:
        return [
            Offered(one, Money(one.price, self.school.currency), self[_tick(one)], self[_quantity(one)])
            for one in self.products
        ]

    @property
    def is_folded(self) -> bool:
        return len(self.products) > FOLDED

    @property
    def is_unfolded(self) -> bool:
        """Something of it is wanted, or wrong."""
        return bool(self.is_bound and self.errors) or any(one.is_wanted for one in self.offered)

    @property
    def wishes(self) -> list[ProductWish]:
        """As it stands in the form at present; a number that is none is one."""
        return [ProductWish(one.product, _number(one.quantity.value())) for one in self.offered if one.is_wanted]

    def clean(self) -> dict[str, Any]:
        for one in self.products:
            if not self.cleaned_data.get(_tick(one)):
                self.errors.pop(_quantity(one), None)  # nobody asked for any of it
            elif _quantity(one) not in self.errors and self.cleaned_data.get(_quantity(one)) is None:
                self.add_error(_quantity(one), _("Say how many."))
        return self.cleaned_data


def products_form(school: School, typed: Typed | None) -> ProductsForm | None:
    """None where the school sells nothing beside its lessons."""
    products = list(products_on_offer(school)[:MOST_OFFERED])
    return ProductsForm(typed, products=products, school=school) if products else None


def _tick(product: Product) -> str:
    return f"product-{product.pk}"


def _quantity(product: Product) -> str:
    return f"quantity-{product.pk}"


def _number(said: object) -> int:
    text = str(said)
    return min(max(int(text), 1), MOST_AT_ONCE) if text.isascii() and text.isdigit() and len(text) < 4 else 1
