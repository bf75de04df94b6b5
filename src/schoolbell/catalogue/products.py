"""Everything that changes a product, and which are on offer."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.catalogue.models import Product
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.text import is_blank
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows


@dataclass(frozen=True, slots=True)
class ProductValues:
    """A product as the office says it. `price` in minor units, tax included; `tax_rate` in hundredths of a percent."""

    name: str
    price: int
    description: str = ""
    tax_rate: int = 0
    is_active: bool = True


@transaction.atomic
def add_product(school: School, values: ProductValues, *, by: Actor) -> Product:
    """Raises InputRefused."""
    _require_sound(values)
    product = Product(school=school, **asdict(values))
    product.save(force_insert=True)
    record("product.added", product, by=by, new={"price": product.price})
    return product


@transaction.atomic
def change_product(product: Product, to: ProductValues, *, by: Actor) -> Product:
    """For orders to come; what was ordered keeps its price. Changing nothing records nothing. Raises InputRefused."""
    _require_sound(to)
    current = Product.objects.select_for_update(no_key=True).get(school_id=product.school_id, id=product.pk)
    wanted = asdict(to)
    changed = [name for name, value in wanted.items() if getattr(current, name) != value]
    if not changed:
        return current
    old = _told(current, changed)
    for name in changed:
        setattr(current, name, wanted[name])
    current.save()
    record("product.changed", current, by=by, old=old, new=_told(current, changed))
    return current


def products_on_offer(school: School) -> SchoolRows[Product]:
    """What can be bought at present, in the order in which it was added."""
    return Product.objects.of(school).filter(is_active=True).order_by("id")


def sells_products(school: School) -> bool:
    """It has some, or had: what was ordered then is still somebody's."""
    return Product.objects.of(school).exists()


def _require_sound(values: ProductValues) -> None:
    if is_blank(values.name):
        raise InputRefused.of("name", _("Give the product a name."))
    if values.price < 1:
        raise InputRefused.of("price", _("Give a price of more than nothing."))
    if values.tax_rate > 10_000:
        raise InputRefused.of("tax_rate", _("The tax is more than the price."))


def _told(product: Product, names: list[str]) -> dict[str, Any]:
    return {name: getattr(product, name) for name in names}
