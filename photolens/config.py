"""The environment, read once into one frozen Settings; a bad value stops the start with a sentence that names it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from flask import current_app

from photolens.environment_values import ConfigurationError as ConfigurationError
from photolens.environment_values import Network as Network
from photolens.environment_values import (
    address_of,
    choice,
    database_url,
    folder,
    is_one_word,
    is_this_machine,
    key_of,
    networks,
    switch,
    web_address,
    whole_number,
)

SHORTEST_SECRET = 32
LONGEST_TOKEN = 200  # that is read of an Authorization header
_SCHEMA = re.compile(r"(?!pg_|extensions$)[a-z][a-z0-9_]{0,62}")
_AMOUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")


@dataclass(frozen=True)
class CreditProduct:
    """So many credits, sold together at one price in the studio's currency."""

    price: Decimal
    credits: int


@dataclass(frozen=True)
class Settings:
    """What the process was told by its environment. Names are the variables' in lower case."""

    photolens_env: str
    host: str
    port: int
    secret_key: tuple[str, ...] = field(repr=False)
    database_url: str | None = field(repr=False)
    portal_database_url: str | None = field(repr=False)
    owner_database_url: str | None = field(repr=False)
    database_replica_url: str | None = field(repr=False)
    state_dir: Path
    database_schema: str
    database_pooler: str
    studios: bool
    database_connection_limit: int
    database_pool_timeout: int
    database_statement_timeout: int
    database_logging: bool
    embedded_in_production: bool
    migrate_deploy_on_start: bool
    metrics_token: str | None = field(repr=False)
    cors_origins: tuple[str, ...]
    trusted_proxies: tuple[Network, ...]
    redis_url: str | None = field(repr=False)
    rate_limit_per_minute: int
    app_url: str
    portal_url: str
    otp_echo: bool
    stripe_api_key: str | None = field(repr=False)
    stripe_webhook_secret: tuple[str, ...] = field(repr=False)
    stripe_api_base: str
    space_payments_secret: tuple[str, ...] = field(repr=False)
    credit_products: tuple[CreditProduct, ...]
    storage_dir: Path
    storage_url: str | None = field(repr=False)
    photo_price: Decimal
    photo_ai_url: str | None
    photo_ai_key: str | None = field(repr=False)
    assistant_url: str | None
    assistant_key: str | None = field(repr=False)
    assistant_model: str
    smtp_url: str | None = field(repr=False)
    mail_from: str | None
    sms_url: str | None = field(repr=False)

    @property
    def is_production(self) -> bool:
        """Whether real people's data are served: then nothing that is only there for trying out is."""
        return self.photolens_env == "production"

    @property
    def is_pooled(self) -> bool:
        """Whether between the application and the server there is a pooler that gives each transaction a session."""
        return self.database_pooler == "transaction"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read `.env` in the current folder, and over it the real environment.

        Raises ConfigurationError for a value that cannot be used. An empty value counts as absent.
        """
        given = _given(environment)
        is_production = choice(given, "PHOTOLENS_ENV", "development", "production") == "production"
        return cls(
            photolens_env="production" if is_production else "development",
            secret_key=_secret_key(given, is_production),
            host=given.get("HOST", "127.0.0.1"),
            port=whole_number(given, "PORT", 8000, 0, 65535),
            **_database(given, is_production),
            metrics_token=_metrics_token(given),
            cors_origins=_origins(given),
            trusted_proxies=networks(given, "TRUSTED_PROXIES"),
            redis_url=_redis_url(given),
            rate_limit_per_minute=whole_number(given, "RATE_LIMIT_PER_MINUTE", 1200, 1, 1_000_000),
            app_url=web_address(given, "APP_URL", "http://localhost:3000"),
            portal_url=web_address(given, "PORTAL_URL", f"http://127.0.0.1:{given.get('PORT', '8000')}"),
            otp_echo=switch(given, "OTP_ECHO", is_production, "answers one-time codes to whoever asks for them"),
            stripe_api_key=_stripe_api_key(given),
            stripe_webhook_secret=_signing_secrets(given, "STRIPE_WEBHOOK_SECRET"),
            stripe_api_base=_stripe_api_base(given, is_production),
            space_payments_secret=_signing_secrets(given, "SPACE_PAYMENTS_SECRET"),
            credit_products=_credit_products(given),
            **_services(given, is_production),
        )


def _database(given: Mapping[str, str], is_production: bool) -> dict[str, Any]:
    """Which database, and how it is used."""
    return {
        "database_url": database_url(given, "DATABASE_URL"),
        "portal_database_url": database_url(given, "PORTAL_DATABASE_URL"),
        "owner_database_url": database_url(given, "OWNER_DATABASE_URL"),
        "database_replica_url": database_url(given, "DATABASE_REPLICA_URL"),
        "database_schema": _database_schema(given),
        "database_pooler": choice(given, "DATABASE_POOLER", "none", "transaction"),
        "studios": choice(given, "STUDIOS", "0", "1") == "1",
        "state_dir": folder(given, "STATE_DIR", ".photolens"),
        "embedded_in_production": _embedded_in_production(given, is_production),
        "migrate_deploy_on_start": choice(given, "MIGRATE_DEPLOY_ON_START", "0", "1") == "1",
        "database_connection_limit": whole_number(given, "DATABASE_CONNECTION_LIMIT", 20, 1, 1000),
        "database_pool_timeout": whole_number(given, "DATABASE_POOL_TIMEOUT", 20_000, 1, 600_000),
        "database_statement_timeout": whole_number(given, "DATABASE_STATEMENT_TIMEOUT", 30_000, 1, 3_600_000),
        "database_logging": switch(
            given, "DATABASE_LOGGING", is_production, "logs every statement: only to look for something in development"
        ),
    }


def _services(given: Mapping[str, str], is_production: bool) -> dict[str, Any]:
    """What Photolens uses of others, each by its address, and how."""
    return {
        "storage_dir": folder(given, "STORAGE_DIR", f"{given.get('STATE_DIR', '.photolens')}/storage"),
        "storage_url": address_of(given, "STORAGE_URL", is_production, "s3", "s3+http"),
        "photo_price": _photo_price(given),
        "photo_ai_url": address_of(given, "PHOTO_AI_URL", is_production, "https", "http"),
        "photo_ai_key": given.get("PHOTO_AI_KEY"),
        "assistant_url": address_of(given, "ASSISTANT_URL", is_production, "https", "http"),
        "assistant_key": key_of(given, "ASSISTANT_KEY"),
        "assistant_model": given.get("ASSISTANT_MODEL", "gpt-4o-mini"),
        "smtp_url": address_of(given, "SMTP_URL", is_production, "smtps", "smtp"),
        "mail_from": _mail_from(given),
        "sms_url": address_of(given, "SMS_URL", is_production, "https", "http"),
    }


def current_settings() -> Settings:
    """The settings of the present application."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def dotenv() -> dict[str, str]:
    """What the file `.env` in the current folder says, if there is one."""
    return {name: value for name, value in dotenv_values(".env").items() if value is not None}


def _given(environment: Mapping[str, str] | None) -> dict[str, str]:
    if environment is None:
        environment = dotenv() | dict(os.environ)
    return {name: value.strip() for name, value in environment.items() if value.strip()}


def _database_schema(given: Mapping[str, str]) -> str:
    schema = given.get("DATABASE_SCHEMA", "public")
    if not _SCHEMA.fullmatch(schema):
        raise ConfigurationError(f"DATABASE_SCHEMA is {schema!r}; it takes small letters, digits and _.")
    return schema


def _origins(given: Mapping[str, str]) -> tuple[str, ...]:
    origins = tuple(origin.strip().rstrip("/") for origin in given.get("CORS_ORIGINS", "").split(",") if origin.strip())
    for origin in origins:
        scheme, separator, host = origin.partition("://")
        if scheme not in ("http", "https") or not separator or not host or "/" in host or "*" in host:
            raise ConfigurationError(f"CORS_ORIGINS holds {origin!r}; it takes origins such as https://studio.example")
    return origins


def _secret_key(given: Mapping[str, str], is_production: bool) -> tuple[str, ...]:
    """The key that seals, and after it those that only unseal: while one is being replaced, the new and the old."""
    keys = tuple(key.strip() for key in given.get("SECRET_KEY", "").split(",") if key.strip())
    if not keys and is_production:
        raise ConfigurationError(f"SECRET_KEY is needed in production: {SHORTEST_SECRET} random characters or more.")
    if any(len(key) < SHORTEST_SECRET for key in keys):
        raise ConfigurationError(
            f"SECRET_KEY takes keys of {SHORTEST_SECRET} characters or more, separated by commas; one is shorter."
        )
    return keys


def _metrics_token(given: Mapping[str, str]) -> str | None:
    token = key_of(given, "METRICS_TOKEN")
    if token is not None and not SHORTEST_SECRET <= len(token) <= LONGEST_TOKEN:
        raise ConfigurationError(f"METRICS_TOKEN takes {SHORTEST_SECRET} to {LONGEST_TOKEN} characters.")
    return token


def _redis_url(given: Mapping[str, str]) -> str | None:
    url = given.get("REDIS_URL")
    if url is None:
        return None
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ConfigurationError("REDIS_URL does not start with redis://, rediss:// or unix://")
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ConfigurationError("REDIS_URL cannot be read as the address of a Redis.") from None
    return url


def _embedded_in_production(given: Mapping[str, str], is_production: bool) -> bool:
    is_wanted = choice(given, "EMBEDDED_IN_PRODUCTION", "0", "1") == "1"
    if is_production and not is_wanted and "DATABASE_URL" not in given:
        raise ConfigurationError(
            "DATABASE_URL is needed in production; or EMBEDDED_IN_PRODUCTION=1, for the embedded database."
        )
    return is_wanted


def _stripe_api_key(given: Mapping[str, str]) -> str | None:
    key = given.get("STRIPE_API_KEY")
    if key is not None and not is_one_word(key):
        raise ConfigurationError("STRIPE_API_KEY holds blanks or letters that no key has.")
    if key is not None and key.startswith("pk_"):
        raise ConfigurationError(
            "STRIPE_API_KEY is a publishable key; it takes a secret one (sk_) or a restricted (rk_)."
        )
    return key


def _signing_secrets(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Those that a signature may be made with: while one is being replaced, the old and the new."""
    secrets = tuple(secret.strip() for secret in given.get(name, "").split(",") if secret.strip())
    if not all(map(is_one_word, secrets)):
        raise ConfigurationError(f"{name} takes signing secrets separated by commas; one holds letters that none has.")
    return secrets


def _stripe_api_base(given: Mapping[str, str], is_production: bool) -> str:
    base = given.get("STRIPE_API_BASE", "https://api.stripe.com").rstrip("/")
    refused = ConfigurationError("STRIPE_API_BASE takes an address without a path, such as https://api.stripe.com")
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise refused from None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or not is_one_word(base):
        raise refused
    if parts.path or "?" in base or "#" in base:
        raise refused
    if is_production and parts.scheme == "http" and not is_this_machine(host):
        raise ConfigurationError("STRIPE_API_BASE is not https: in production the key would be sent for all to read.")
    return base


def _mail_from(given: Mapping[str, str]) -> str | None:
    sender = given.get("MAIL_FROM")
    if sender is None and "SMTP_URL" in given:
        raise ConfigurationError("MAIL_FROM is needed with SMTP_URL: whom e-mails are from.")
    address = parseaddr(sender or "")[1]
    if sender is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ConfigurationError("MAIL_FROM takes an address such as Studio <hello@studio.example>")
    return sender


def _photo_price(given: Mapping[str, str]) -> Decimal:
    text = given.get("PHOTO_PRICE", "1.00")
    if not _AMOUNT.fullmatch(text):
        raise ConfigurationError(f"PHOTO_PRICE is {text!r}; it takes credits with at most two decimals, such as 1.00")
    return Decimal(text)


def _credit_products(given: Mapping[str, str]) -> tuple[CreditProduct, ...]:
    """What is sold, from `price=credits` separated by commas; of one number of credits there is one price."""
    products: dict[int, CreditProduct] = {}
    for text in given.get("CREDIT_PRODUCTS", "1.00=1, 18.00=20, 40.00=50, 75.00=100").split(","):
        price, _, number = (part.strip() for part in text.partition("="))
        if not (_AMOUNT.fullmatch(price) and Decimal(price) and re.fullmatch(r"[1-9][0-9]{0,4}", number)):
            raise ConfigurationError(f"CREDIT_PRODUCTS holds {text.strip()!r}; it takes prices and credits: 18.00=20")
        if int(number) in products:
            raise ConfigurationError(f"CREDIT_PRODUCTS has two prices for {number} credits.")
        products[int(number)] = CreditProduct(Decimal(price), int(number))
    return tuple(products.values())
