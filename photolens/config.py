"""The environment, read once into one frozen Settings; a bad value stops the start with a sentence that names it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict


class ConfigurationError(Exception):
    """A setting that cannot be used; the message names the variable and says what it may be."""


@dataclass(frozen=True)
class Settings:
    """What the process was told by its environment. Names are the variables' in lower case."""

    host: str
    port: int
    database_url: str | None
    state_dir: Path
    database_connection_limit: int
    database_pool_timeout: int
    database_statement_timeout: int
    cors_origins: tuple[str, ...]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read `.env` in the current folder, and over it the real environment.

        Raises ConfigurationError for a value that cannot be used. An empty value counts as absent.
        """
        if environment is None:
            environment = {k: v for k, v in dotenv_values(".env").items() if v is not None} | dict(os.environ)
        given = {name: value.strip() for name, value in environment.items() if value.strip()}
        return cls(
            host=given.get("HOST", "127.0.0.1"),
            port=_whole_number(given, "PORT", 8000, 0, 65535),
            database_url=_database_url(given),
            state_dir=_folder(given, "STATE_DIR", ".photolens"),
            database_connection_limit=_whole_number(given, "DATABASE_CONNECTION_LIMIT", 20, 1, 1000),
            database_pool_timeout=_whole_number(given, "DATABASE_POOL_TIMEOUT", 20_000, 1, 600_000),
            database_statement_timeout=_whole_number(given, "DATABASE_STATEMENT_TIMEOUT", 30_000, 1, 3_600_000),
            cors_origins=_origins(given),
        )


def _whole_number(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most):
        raise ConfigurationError(f"{name} is {text!r}; it takes a whole number from {least} to {most}.")
    return int(text)


def _database_url(given: Mapping[str, str]) -> str | None:
    url = given.get("DATABASE_URL")
    if url is None:
        return None
    if not url.startswith(("postgresql://", "postgres://")):
        raise ConfigurationError("DATABASE_URL does not start with postgresql://")
    try:
        conninfo_to_dict(url)
    except ProgrammingError:
        raise ConfigurationError("DATABASE_URL cannot be read as the address of a PostgreSQL.") from None
    return url


def _folder(given: Mapping[str, str], name: str, default: str) -> Path:
    try:
        return Path(given.get(name, default)).expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise ConfigurationError(f"{name} is {given[name]!r}, which is no folder: {error}") from None


def _origins(given: Mapping[str, str]) -> tuple[str, ...]:
    origins = tuple(origin.strip().rstrip("/") for origin in given.get("CORS_ORIGINS", "").split(",") if origin.strip())
    for origin in origins:
        scheme, separator, host = origin.partition("://")
        if scheme not in ("http", "https") or not separator or not host or "/" in host or "*" in host:
            raise ConfigurationError(f"CORS_ORIGINS holds {origin!r}; it takes origins such as https://studio.example")
    return origins
