"""What is answered about products and their orders."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from schoolbell.api.shapes.basis import Money, Page, one_of
from schoolbell.billing.models import ProductLine as ProductLineRow
from schoolbell.bookings.models import Booking as BookingRow


class Product(BaseModel):
    id: UUID
    name: str
    description: str
    price: Money
    tax_rate: int = Field(description="hundredths of a percent")
    is_active: bool


class ProductLine(BaseModel):
    """So many of a product in an order, at the price agreed."""

    id: UUID
    product: UUID
    name: str
    student: UUID
    quantity: int
    unit_price: Money
    total: Money
    tax: Money
    status: Annotated[str, one_of(ProductLineRow.Status)]
    handed_over_at: AwareDatetime | None


class LessonLine(BaseModel):
    """A booking in an order, at the price agreed."""

    id: UUID
    reference: str
    session: UUID
    student: UUID
    total: Money
    tax: Money
    status: Annotated[str, one_of(BookingRow.Status)]


class ProductOrder(BaseModel):
    id: UUID
    reference: str
    client: UUID
    total: Money
    open: Money = Field(description="what is still to be paid, with `POST /payments`")
    pay_until: AwareDatetime | None = Field(description="null: whenever, or nothing is asked for any more")
    bookings: list[LessonLine] = Field(description="lessons in the same order")
    products: list[ProductLine]
    order_key: str | None = Field(description="for a guest alone: the `Order-Key` of this order")


class Products(Page[Product]):
    pass


class ProductOrders(Page[ProductOrder]):
    pass
