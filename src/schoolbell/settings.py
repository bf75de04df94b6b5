"""Django's settings, read from the environment. `DATABASE_URL` names the database."""

import os
from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict

from schoolbell.kit.environment import read_environment
from schoolbell.kit.logs import configure as configure_logs

_OF_LIBPQ: Final = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


def database(url: str) -> dict[str, Any]:
    """Django's idea of whatever URL libpq understands, such as `postgresql://user:password@host:port/name` or
    `postgresql:///name?host=/socket/dir`."""
    options = conninfo_to_dict(url)
    own = {key: options.pop(name, "") for key, name in _OF_LIBPQ.items()}
    return own | {
        "ENGINE": "schoolbell.kit.database",
        "CONN_MAX_AGE": None,
        # Only the statements that ask for it are prepared on the server (kit.database.statements).
        "OPTIONS": options | {"application_name": "schoolbell", "prepare_threshold": 2**31},
        "TEST": {"TEMPLATE": "template0"},
    }


environment = read_environment()

SECRET_KEY = environment.secret_key.get_secret_value() or os.urandom(32).hex()
SECRET_KEY_FALLBACKS = [old for old in environment.old_secret_keys.get_secret_value().split(",") if old]
ALLOWED_HOSTS = environment.allowed_hosts.split(",")
DEBUG = False
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "schoolbell.accounts",
    "schoolbell.schools",
    "schoolbell.journal",
    "schoolbell.access",
    "schoolbell.diary",
    "schoolbell.people",
    "schoolbell.catalogue",
    "schoolbell.timetable",
    "schoolbell.bookings",
    "schoolbell.planning",
    "schoolbell.billing",
    "schoolbell.learning",
    "schoolbell.importing",
    "schoolbell.web",
]
MIDDLEWARE = [
    "schoolbell.api.middleware.Requests",
    "schoolbell.web.static_files.StaticFiles",
    "schoolbell.web.middleware.Pages",
]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 365 * 24 * 60 * 60  # an address changes with what is in the file
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "schoolbell.web.static_files.Storage"},
}
AUTH_USER_MODEL = "accounts.User"
# The address is unique however it is written: a constraint on Lower(email), which this check does not know.
SILENCED_SYSTEM_CHECKS = ["auth.E003"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PRETEND_CARD = environment.pretend_card
ALLOW_PRIVATE_CALENDARS = environment.allow_private_calendars
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = environment.https
ROOT_URLCONF = "schoolbell.urls"
WSGI_APPLICATION = "schoolbell.wsgi.application"
DATABASES = {"default": database(environment.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
FORM_RENDERER = "schoolbell.web.form_renderer.FormRenderer"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "schoolbell.web.expired.expired"

configure_logs(environment.log_level)
