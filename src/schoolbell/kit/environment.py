"""What an installation sets."""

import logging
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """Every name is prefixed with SCHOOLBELL_, save DATABASE_URL."""

    model_config = SettingsConfigDict(env_prefix="SCHOOLBELL_", extra="ignore")

    database_url: str = Field("", validation_alias="DATABASE_URL")
    data: Path = Path("var")
    secret_key: SecretStr = SecretStr("")
    old_secret_keys: SecretStr = SecretStr(
        ""
    )  # those before it, with commas: what they sealed and signed is still good
    allowed_hosts: str = "*"
    pretend_card: bool = False  # the demo's own way of paying, with no money behind it
    https: bool = False  # people reach it by https: cookies are sent no other way
    trusted_proxies: str = ""  # addresses whose X-Forwarded-For and X-Forwarded-Proto are believed, with commas
    log_level: str = "INFO"
    allow_private_calendars: bool = False  # outside calendars may be on this machine or in its own networks

    @field_validator("log_level")
    @classmethod
    def _is_a_level(cls, level: str) -> str:
        if level.upper() not in logging.getLevelNamesMapping():
            raise ValueError("DEBUG, INFO, WARNING, ERROR or CRITICAL")
        return level


class SettingRefused(Exception):
    """One clear line for whoever set it, without what it is set to: it may be a secret."""


def read_environment() -> Environment:
    """Raises SettingRefused."""
    try:
        return Environment()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = f"SCHOOLBELL_{first['loc'][0]}".upper()
        said = first.get("ctx", {}).get("error")
    raise SettingRefused(f"{name} is not understood; write {said or 'true or false'}.")
