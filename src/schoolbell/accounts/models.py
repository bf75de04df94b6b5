"""User: somebody who can sign in."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now

from schoolbell.kit.ids import new_id
from schoolbell.kit.time import InstantField


class Users(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """By e-mail address, in capitals or not."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A login, for all schools. Names, telephone and the rest are a Person's, in each school of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField()
    is_active = models.BooleanField(default=True)
    created_at = InstantField(db_default=Now(), editable=False)
    updated_at = InstantField(db_default=Now(), editable=False)

    USERNAME_FIELD = "email"
    objects = Users()

    class Meta:
        constraints = [
            # An address signs in one user, however it is written.
            models.UniqueConstraint(Lower("email"), name="user_email"),
        ]

    def __str__(self) -> str:
        return self.email
