"""`/products`: what is sold without a timetable."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import ANYBODY, STAFF, enter
from schoolbell.api.pages import MOST, page
from schoolbell.api.types import Input, Line, Minor, Text, example, money
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import ProductValues, add_product, change_product, products_on_offer
from schoolbell.kit.refusals import NotFound
from schoolbell.schools.models import School

router = Router(tags=["products"])
TaxRate = Annotated[int, Field(strict=True, ge=0, le=10_000, description="hundredths of a percent")]


class ProductIn(Input):
    model_config = example(name="Handbook", price=1500)

    name: Line
    price: Minor
    description: Text = ""
    tax_rate: TaxRate = 0


class ProductChangeIn(Input):
    """What is not named stays. What was ordered keeps its price."""

    model_config = example(price=1600)

    name: Line | None = None
    price: Minor | None = None
    description: Text | None = None
    tax_rate: TaxRate | None = None
    is_active: Annotated[bool, Field(strict=True)] | None = None


def show_products(products: Sequence[Product], school: School) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.pk),
            "name": one.name,
            "description": one.description,
            "price": money(one.price, school.currency),
            "tax_rate": one.tax_rate,
            "is_active": one.is_active,
        }
        for one in products
    ]


def find_product(school: School, product_id: UUID) -> Product:
    found = Product.objects.of(school).filter(id=product_id).first()
    if found is None:
        raise NotFound(product_id)
    return found


@router.get("", operation_id="list_products", summary="What is on sale")
@answers(shapes.Products, to=ANYBODY)
def products(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> dict[str, Any]:
    own = enter(request, school).school
    return page(products_on_offer(own), after=after, limit=limit, show=lambda found: show_products(found, own))


@router.get("/{product}", operation_id="get_product", summary="One product")
@answers(shapes.Product, to=ANYBODY)
def product(request: HttpRequest, school: Path[str], product: UUID) -> dict[str, Any]:
    own = enter(request, school).school
    return show_products([find_product(own, product)], own)[0]


@router.post("", operation_id="create_product", summary="Add a product")
@answers(shapes.Product, HTTPStatus.CREATED, to=STAFF)
def create_product(request: HttpRequest, school: Path[str], body: ProductIn) -> HttpResponse:
    visit = enter(request, school)
    values = ProductValues(**body.model_dump())
    return visit.answer(lambda: show_products([add_product(visit.school, values, by=visit.actor)], visit.school)[0])


@router.patch("/{product}", operation_id="change_product", summary="Change a product, or take it off sale")
@answers(shapes.Product, to=STAFF)
def change(request: HttpRequest, school: Path[str], product: UUID, body: ProductChangeIn) -> HttpResponse:
    visit = enter(request, school)
    found = find_product(visit.school, product)
    said = {name: value for name, value in body.model_dump().items() if value is not None}
    to = replace(values_of(found), **said)
    return visit.answer(
        lambda: show_products([change_product(found, to, by=visit.actor)], visit.school)[0], status=HTTPStatus.OK
    )


def values_of(product: Product) -> ProductValues:
    """As it stands, to be changed in part."""
    return ProductValues(**{name: getattr(product, name) for name in asdict(ProductValues("", 1))})
