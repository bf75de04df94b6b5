"""Products from a file."""

from django.utils.translation import gettext as _

from schoolbell.catalogue.models import Product
from schoolbell.importing.defining import defined
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.models import OwnKey
from schoolbell.importing.onfile import PRODUCT, OnFile, defaults
from schoolbell.importing.things import Thing, new_thing
from schoolbell.importing.writing import Writing, columns_of

FIELDS = {
    "product": "name",
    "description": "description",
    "price": "price",
    "tax_percent": "tax_rate",
    "is_active": "is_active",
}


def plan_products(lines: list[Line], on_file: OnFile, problems: Problems) -> list[Thing]:
    """What the lines make of the school's products."""
    found: dict[Thing, None] = {}
    for line in lines:
        product = _defined(line, on_file)
        if product is not None:
            found[product] = None
            for column, name in FIELDS.items():
                if column in line.values:
                    product.tell(name, line.values[column], line, column=column)
    products = list(found)
    for product in products:
        told = product.told.get("price")
        if told and told.value < 1:
            problems.add(told.line, "price", _("is nothing; a product costs something"))
    on_file.products.index_anew()
    return products


def _defined(line: Line, on_file: OnFile) -> Thing | None:
    name = line.get("product", "")
    if not name:
        if not line.unread("product"):
            line.bad("product", _("is empty; give the product a name"))
        return None

    def make() -> Thing:
        product = new_thing(defaults(Product, PRODUCT), line)
        product.tell("name", name, line)
        if "price" not in line.filled:
            line.bad("price", _("is empty; say what it costs"))
        return product

    return defined(on_file.products, line, key=line.get("key", ""), name=name, make=make)


def write_products(products: list[Thing], writing: Writing) -> None:
    for product in products:
        writing.key(OwnKey.Noun.PRODUCT, product)
        values = columns_of(product, PRODUCT)
        if product.is_new:
            writing.add(Product, id=product.id, **values)
            writing.record("product.added", product.id, new={"price": values["price"]})
        elif changed := product.changed:
            writing.change(Product, product.id, **values)
            writing.record("product.changed", product.id, new={"changed": changed})
