"""API tokens: made once, shown once, kept as a digest."""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.access.models import TOKEN_ROLES, ApiToken
from schoolbell.access.order_keys import opened_by
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused, NotSignedIn
from schoolbell.kit.time import now
from schoolbell.schools.actor import STAFF, Actor, Role
from schoolbell.schools.models import School

PREFIX = "sb_"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows of itself. `principal` keeps one asker's answers from another's; `order_id` is the order
    that a guest has the key of."""

    digest: bytes | None
    principal: str
    ip: str | None
    user_agent: str
    order_id: UUID | None = None

    @classmethod
    def of(cls, authorization: str, *, ip: str | None, user_agent: str, order_key: str = "") -> "Credentials":
        """A token goes before an order's key. Raises NotSignedIn when the header is there but is not a bearer token,
        OrderKeyRefused when the key is none."""
        if not authorization and order_key:
            order_id = opened_by(order_key)
            return cls(None, f"order {order_id}", ip, user_agent, order_id)
        if not authorization:
            return cls(None, f"guest {ip}"[:64], ip, user_agent)
        scheme, _space, secret = authorization.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise NotSignedIn
        digest = digest_of(secret.strip())
        return cls(digest, digest.hex(), ip, user_agent)

    def actor(self, token: tuple[UUID, str, UUID | None] | None) -> Actor:
        """Who asks, given the token that their digest found. Raises NotSignedIn when it found none."""
        if self.digest is None:
            return Actor(Role.GUEST, ip=self.ip, user_agent=self.user_agent, order_id=self.order_id)
        if token is None:
            raise NotSignedIn
        token_id, role, person_id = token
        return Actor(Role(role), who=token_id, person_id=person_id, ip=self.ip, user_agent=self.user_agent)


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


@transaction.atomic
def create_token(
    school: School, role: str, *, by: Actor, person_id: UUID | None = None, label: str = ""
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is not kept and cannot be shown again.

    Raises: InputRefused for an unknown role, or one of a person without the person.
    """
    if role not in TOKEN_ROLES:
        raise InputRefused.of("role", _("Choose one of: %s.") % ", ".join(TOKEN_ROLES))
    if role not in STAFF and person_id is None:
        raise InputRefused.of("person", _("A token for this role belongs to one person: say whose."))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(school_id=school.pk, digest=digest_of(secret), role=role, person_id=person_id, label=label)
    token.save(force_insert=True)
    record("token.created", token, by=by, new={"role": role})
    return token, secret


def find_actor(school: School, credentials: Credentials) -> Actor:
    """Who asks something of this school. Raises NotSignedIn for a token that is not this school's, or was revoked."""
    if credentials.digest is None:
        return credentials.actor(None)
    token = ApiToken.objects.filter(
        school_id=school.pk, digest=credentials.digest, revoked_at__isnull=True
    ).values_list("id", "role", "person_id")
    return credentials.actor(token.first())


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor) -> None:
    """From now on nobody gets in with it."""
    ApiToken.objects.filter(school_id=token.school_id, id=token.pk).update(revoked_at=now(), updated_at=now())
    record("token.revoked", token, by=by)
