"""Everything that changes a login."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.accounts.models import User
from schoolbell.accounts.refusals import EmailTaken
from schoolbell.kit.refusals import InputRefused


def create_user(email: str, password: str) -> User:
    """Somebody who can sign in with that address and password. Raises: InputRefused, EmailTaken."""
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise InputRefused.of("email", _("Write an address such as robin@example.org.")) from None
    user = User(email=email)
    _set_password(user, password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise EmailTaken(email) from None
    return user


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """From now on they sign in with this one; who is signed in with the old one is signed out. Raises InputRefused."""
    current = User.objects.select_for_update(no_key=True).get(id=user.pk)
    _set_password(current, password)
    current.save()


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise InputRefused({"password": [str(sentence) for sentence in weak.messages]}) from None
    user.set_password(password)
