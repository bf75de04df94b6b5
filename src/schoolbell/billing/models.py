"""Orders, payments, the ledger. Amounts are minor units of the school's currency."""

from django.db import models
from django.db.models import F, Q

from schoolbell.bookings.models import Booking
from schoolbell.catalogue.models import Product
from schoolbell.kit.time import InstantField
from schoolbell.people.models import Client, Student
from schoolbell.schools.rows import SchoolForeignKey, SchoolModel


class Order(SchoolModel):
    """One act of buying by one client."""

    client = SchoolForeignKey(Client, related_name="orders")
    reference = models.CharField(max_length=9)
    total = models.PositiveIntegerField()
    placed_from = models.GenericIPAddressField(null=True)  # of a guest only, to limit what one may hold
    accepted_terms = models.TextField(
        blank=True, db_default=""
    )  # the school's, as whoever ordered had them before them

    class Meta(SchoolModel.Meta):
        constraints = [models.UniqueConstraint(fields=["school", "reference"], name="order_reference")]
        indexes = [
            models.Index(fields=["school", "client"], name="order_client"),
            models.Index(
                fields=["school", "placed_from"], condition=Q(placed_from__isnull=False), name="order_of_guests"
            ),
        ]


class OrderLine(SchoolModel):
    """What was bought, at the price agreed: total = list_price - discount = net + tax."""

    order = SchoolForeignKey(Order, models.CASCADE, related_name="lines")  # an aggregate
    booking = SchoolForeignKey(Booking, related_name="order_lines")
    list_price = models.PositiveIntegerField()
    discount = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    tax = models.PositiveIntegerField()
    tax_rate = models.PositiveIntegerField()

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "booking"], name="orderline_booking"),
            models.CheckConstraint(
                condition=Q(total=F("list_price") - F("discount"), tax__lte=F("total")), name="orderline_adds_up"
            ),
        ]
        indexes = [models.Index(fields=["school", "order"], name="orderline_order")]


class ProductLine(SchoolModel):
    """So many of a product for one student, at the price agreed: total = quantity × unit_price = net + tax.

    Paid whole or not at all: it is sold, and in the ledger, from then on.
    """

    class Status(models.TextChoices):
        ORDERED = "ordered"
        PAID = "paid"
        HANDED_OVER = "handed_over"
        CANCELLED = "cancelled"

    order = SchoolForeignKey(Order, models.CASCADE, related_name="product_lines")  # an aggregate
    product = SchoolForeignKey(Product, related_name="lines")
    student = SchoolForeignKey(Student, related_name="product_lines")
    quantity = models.PositiveSmallIntegerField()
    unit_price = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    tax = models.PositiveIntegerField()
    tax_rate = models.PositiveIntegerField()
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.ORDERED)
    handed_over_at = InstantField(null=True)
    cancelled_at = InstantField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(quantity__range=(1, 1000)), name="productline_quantity"),
            models.CheckConstraint(
                condition=Q(total=F("unit_price") * F("quantity"), tax__lte=F("total")), name="productline_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("ordered", "paid", "handed_over", "cancelled")), name="productline_status"
            ),
            models.CheckConstraint(
                condition=Q(status="handed_over") & Q(handed_over_at__isnull=False)
                | ~Q(status="handed_over") & Q(handed_over_at__isnull=True),
                name="productline_handed_over_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled") & Q(cancelled_at__isnull=False)
                | ~Q(status="cancelled") & Q(cancelled_at__isnull=True),
                name="productline_cancelled_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "order"], name="productline_order"),
            models.Index(fields=["school", "student"], name="productline_student"),
            models.Index(fields=["school", "id"], condition=Q(status="ordered"), name="productline_ordered"),
        ]


class PaymentRequest(SchoolModel):
    """Money awaited under a reference."""

    class Kind(models.TextChoices):
        FULL = "full"
        DEPOSIT = "deposit"
        BALANCE = "balance"

    class Status(models.TextChoices):
        PENDING = "pending"
        CONFIRMED = "confirmed"
        FAILED = "failed"
        EXPIRED = "expired"

    order = SchoolForeignKey(Order, related_name="requests")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    reference = models.CharField(max_length=9)
    amount = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    expires_at = InstantField(null=True)
    matched_at = InstantField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "reference"], name="paymentrequest_reference"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="paymentrequest_amount"),
            models.CheckConstraint(condition=Q(kind__in=("full", "deposit", "balance")), name="paymentrequest_kind"),
            models.CheckConstraint(
                condition=Q(status__in=("pending", "confirmed", "failed", "expired")), name="paymentrequest_status"
            ),
        ]
        indexes = [models.Index(fields=["school", "order"], name="paymentrequest_order")]


class Payment(SchoolModel):
    """Money attempted. What succeeded is in the ledger; what was only started or failed stands here alone."""

    class Status(models.TextChoices):
        STARTED = "started"
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    client = SchoolForeignKey(Client, related_name="payments")
    order = SchoolForeignKey(Order, related_name="payments")
    gateway = models.CharField(max_length=20)
    method = models.CharField(max_length=20)
    amount = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.STARTED)
    failure_reason = models.CharField(max_length=200, blank=True)
    succeeded_at = InstantField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="payment_amount"),
            models.CheckConstraint(
                condition=Q(status__in=("started", "pending", "succeeded", "failed")), name="payment_status"
            ),
            models.CheckConstraint(
                condition=Q(status="succeeded", succeeded_at__isnull=False)
                | (~Q(status="succeeded") & Q(succeeded_at__isnull=True)),
                name="payment_succeeded_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "order"], name="payment_order"),
            models.Index(fields=["school", "client"], name="payment_client"),
        ]


class Allocation(SchoolModel):
    """So much of this payment pays for this line, of a booking or of a product, for this student."""

    payment = SchoolForeignKey(Payment, related_name="allocations")
    line = SchoolForeignKey(OrderLine, null=True, related_name="allocations")
    product_line = SchoolForeignKey(ProductLine, null=True, related_name="allocations")
    student = SchoolForeignKey(Student, related_name="allocations")
    amount = models.PositiveIntegerField()

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "payment", "line"], name="allocation_once"),
            # What is sold as a product is paid once, and whole.
            models.UniqueConstraint(
                fields=["school", "product_line"],
                condition=Q(product_line__isnull=False),
                name="allocation_product_once",
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="allocation_amount"),
            models.CheckConstraint(
                condition=Q(line__isnull=False, product_line__isnull=True)
                | Q(line__isnull=True, product_line__isnull=False),
                name="allocation_of_one_line",
            ),
        ]
        indexes = [models.Index(fields=["school", "line"], name="allocation_line")]


class LedgerEntry(SchoolModel):
    """One movement of money, never changed and never deleted. A balance is a sum of these.

    Accounts: `cash`, `card`, `transfer` (what came in), `client` (what a client has with the school, less what they
    owe), `sales`, `tax`, `waived`, `credit` (used for an order). Entries of one event share `transaction_id`.
    """

    transaction_id = models.UUIDField()
    debit = models.CharField(max_length=20)
    credit = models.CharField(max_length=20)
    amount = models.PositiveIntegerField()
    client = SchoolForeignKey(Client, related_name="ledger")
    payment = SchoolForeignKey(Payment, null=True, related_name="ledger")
    booking = SchoolForeignKey(Booking, null=True, related_name="ledger")
    product_line = SchoolForeignKey(ProductLine, null=True, related_name="ledger")

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="ledgerentry_amount"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledgerentry_moves"),
            # The money of a payment comes in once, whatever a gateway says twice.
            models.UniqueConstraint(
                fields=["school", "payment"], condition=Q(payment__isnull=False), name="ledgerentry_payment_once"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "client"], name="ledgerentry_client"),
            models.Index(fields=["school", "booking"], condition=Q(booking__isnull=False), name="ledgerentry_booking"),
            models.Index(
                fields=["school", "booking"],
                condition=Q(debit="waived") | Q(credit="waived"),
                name="ledgerentry_waived",
            ),
            models.Index(
                fields=["school", "product_line"],
                condition=Q(product_line__isnull=False),
                name="ledgerentry_product_line",
            ),
        ]
