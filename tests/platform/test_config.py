"""The environment: what each variable defaults to, what it takes, and whose word counts."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, fields
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from photolens.cli import photolens
from photolens.config import ConfigurationError, Settings

SECRET = "a sentence that only this file knows"
PRODUCTION = {"PHOTOLENS_ENV": "production", "SECRET_KEY": SECRET, "EMBEDDED_IN_PRODUCTION": "1"}


def test_an_empty_environment_gives_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert asdict(Settings.from_environment({})) == {
        "photolens_env": "development",
        "host": "127.0.0.1",
        "port": 8000,
        "secret_key": (),
        "database_url": None,
        "portal_database_url": None,
        "owner_database_url": None,
        "database_replica_url": None,
        "state_dir": tmp_path / ".photolens",
        "database_schema": "public",
        "database_pooler": "none",
        "studios": False,
        "database_connection_limit": 20,
        "database_pool_timeout": 20_000,
        "database_statement_timeout": 30_000,
        "database_logging": False,
        "embedded_in_production": False,
        "migrate_deploy_on_start": False,
        "metrics_token": None,
        "cors_origins": (),
        "trusted_proxies": (),
        "redis_url": None,
        "rate_limit_per_minute": 1200,
        "app_url": "http://localhost:3000",
        "portal_url": "http://127.0.0.1:8000",
        "otp_echo": False,
        "stripe_api_key": None,
        "stripe_webhook_secret": (),
        "space_payments_secret": (),
        "stripe_api_base": "https://api.stripe.com",
        "credit_products": tuple(
            {"price": Decimal(price), "credits": number}
            for price, number in (("1.00", 1), ("18.00", 20), ("40.00", 50), ("75.00", 100))
        ),
        "storage_dir": tmp_path / ".photolens" / "storage",
        "storage_url": None,
        "photo_price": Decimal("1.00"),
        "photo_ai_url": None,
        "photo_ai_key": None,
        "assistant_url": None,
        "assistant_key": None,
        "assistant_model": "gpt-4o-mini",
        "smtp_url": None,
        "mail_from": None,
        "sms_url": None,
    }


def test_every_variable_is_read(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "PHOTOLENS_ENV": "development",
            "SECRET_KEY": SECRET,
            "HOST": "::1",
            "PORT": "9000",
            "DATABASE_URL": "postgresql://studio:secret@db.internal:5432/photolens",
            "PORTAL_DATABASE_URL": "postgresql://portal:secret@db.internal:5432/photolens",
            "OWNER_DATABASE_URL": "postgresql://owner:secret@db.internal:5432/photolens",
            "DATABASE_REPLICA_URL": "postgresql://studio:secret@standby.internal:5432/photolens",
            "DATABASE_SCHEMA": "studio_north",
            "DATABASE_POOLER": "transaction",
            "STUDIOS": "1",
            "STATE_DIR": str(tmp_path / "state"),
            "DATABASE_CONNECTION_LIMIT": "5",
            "DATABASE_POOL_TIMEOUT": "250",
            "DATABASE_STATEMENT_TIMEOUT": "1000",
            "DATABASE_LOGGING": "1",
            "EMBEDDED_IN_PRODUCTION": "1",
            "MIGRATE_DEPLOY_ON_START": "1",
            "METRICS_TOKEN": "the-token-that-only-this-file-knows",
            "CORS_ORIGINS": "https://studio.example, http://localhost:5173/",
            "TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "REDIS_URL": "redis://cache.internal/0",
            "RATE_LIMIT_PER_MINUTE": "60",
            "APP_URL": "https://studio.example/app/",
            "PORTAL_URL": "https://portal.studio.example/",
            "OTP_ECHO": "1",
            "STRIPE_API_KEY": "sk_test_of_the_studio",
            "STRIPE_WEBHOOK_SECRET": "whsec_old, whsec_new",
            "STRIPE_API_BASE": "http://127.0.0.1:12111/",
            "SPACE_PAYMENTS_SECRET": "old-secret, new-secret",
            "CREDIT_PRODUCTS": "5=10,9.5=20",
            "STORAGE_DIR": str(tmp_path / "files"),
            "STORAGE_URL": "s3://key:secret@s3.example/bucket",
            "PHOTO_PRICE": "0.5",
            "PHOTO_AI_URL": "https://photos.example/edits",
            "PHOTO_AI_KEY": "key of the photos",
            "ASSISTANT_URL": "https://chat.example/v1",
            "ASSISTANT_KEY": "key-of-the-chat",
            "ASSISTANT_MODEL": "some-model",
            "SMTP_URL": "smtp://user:secret@mail.example:587",
            "MAIL_FROM": "Studio <hello@studio.example>",
            "SMS_URL": "https://user:secret@texts.example/send",
        }
    )

    assert asdict(settings) == {
        "photolens_env": "development",
        "host": "::1",
        "port": 9000,
        "secret_key": (SECRET,),
        "database_url": "postgresql://studio:secret@db.internal:5432/photolens",
        "portal_database_url": "postgresql://portal:secret@db.internal:5432/photolens",
        "owner_database_url": "postgresql://owner:secret@db.internal:5432/photolens",
        "database_replica_url": "postgresql://studio:secret@standby.internal:5432/photolens",
        "database_schema": "studio_north",
        "database_pooler": "transaction",
        "studios": True,
        "state_dir": tmp_path / "state",
        "database_connection_limit": 5,
        "database_pool_timeout": 250,
        "database_statement_timeout": 1000,
        "database_logging": True,
        "embedded_in_production": True,
        "migrate_deploy_on_start": True,
        "metrics_token": "the-token-that-only-this-file-knows",
        "cors_origins": ("https://studio.example", "http://localhost:5173"),
        "trusted_proxies": (ip_network("10.0.0.0/8"), ip_network("::1/128")),
        "redis_url": "redis://cache.internal/0",
        "rate_limit_per_minute": 60,
        "app_url": "https://studio.example/app",
        "portal_url": "https://portal.studio.example",
        "otp_echo": True,
        "stripe_api_key": "sk_test_of_the_studio",
        "stripe_webhook_secret": ("whsec_old", "whsec_new"),
        "stripe_api_base": "http://127.0.0.1:12111",
        "space_payments_secret": ("old-secret", "new-secret"),
        "credit_products": (
            {"price": Decimal("5"), "credits": 10},
            {"price": Decimal("9.5"), "credits": 20},
        ),
        "storage_dir": tmp_path / "files",
        "storage_url": "s3://key:secret@s3.example/bucket",
        "photo_price": Decimal("0.5"),
        "photo_ai_url": "https://photos.example/edits",
        "photo_ai_key": "key of the photos",
        "assistant_url": "https://chat.example/v1",
        "assistant_key": "key-of-the-chat",
        "assistant_model": "some-model",
        "smtp_url": "smtp://user:secret@mail.example:587",
        "mail_from": "Studio <hello@studio.example>",
        "sms_url": "https://user:secret@texts.example/send",
    }


@pytest.mark.parametrize(
    "name",
    [
        "PHOTOLENS_ENV",
        "SECRET_KEY",
        "HOST",
        "PORT",
        "DATABASE_URL",
        "PORTAL_DATABASE_URL",
        "STATE_DIR",
        "DATABASE_CONNECTION_LIMIT",
        "DATABASE_POOL_TIMEOUT",
        "DATABASE_STATEMENT_TIMEOUT",
        "DATABASE_LOGGING",
        "EMBEDDED_IN_PRODUCTION",
        "MIGRATE_DEPLOY_ON_START",
        "METRICS_TOKEN",
        "CORS_ORIGINS",
        "TRUSTED_PROXIES",
        "REDIS_URL",
        "RATE_LIMIT_PER_MINUTE",
        "APP_URL",
        "OTP_ECHO",
        "STRIPE_API_KEY",
        "STRIPE_WEBHOOK_SECRET",
        "STRIPE_API_BASE",
        "SPACE_PAYMENTS_SECRET",
        "CREDIT_PRODUCTS",
        "STORAGE_DIR",
        "STORAGE_URL",
        "PHOTO_PRICE",
        "PHOTO_AI_URL",
        "PHOTO_AI_KEY",
        "ASSISTANT_URL",
        "ASSISTANT_KEY",
        "ASSISTANT_MODEL",
        "SMTP_URL",
        "MAIL_FROM",
        "SMS_URL",
    ],
)
@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_value_counts_as_absent(name: str, empty: str) -> None:
    assert Settings.from_environment({name: empty}) == Settings.from_environment({})


def test_blanks_around_a_value_do_not_count() -> None:
    assert Settings.from_environment({"PORT": " 9000 ", "HOST": " ::1\n"}).port == 9000


@pytest.mark.parametrize("schema", ["pg_catalog", "extensions", "Studio", "a-b", 'a"; drop', "1a", "a" * 64, "é"])
def test_a_schema_that_is_no_studio_s_stops_the_start(schema: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^DATABASE_SCHEMA is "):
        Settings.from_environment({"DATABASE_SCHEMA": schema})


@pytest.mark.parametrize("name", ["DATABASE_POOLER", "STUDIOS"])
def test_a_switch_takes_its_words_and_no_other(name: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{name} is 'session'; it takes "):
        Settings.from_environment({name: "session"})


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("PORT", 0, 65535),
        ("DATABASE_CONNECTION_LIMIT", 1, 1000),
        ("DATABASE_POOL_TIMEOUT", 1, 600_000),
        ("DATABASE_STATEMENT_TIMEOUT", 1, 3_600_000),
        ("RATE_LIMIT_PER_MINUTE", 1, 1_000_000),
    ],
)
def test_a_number_is_taken_within_its_bounds_and_no_further(name: str, least: int, most: int) -> None:
    for value in (least, most):
        assert asdict(Settings.from_environment({name: str(value)}))[name.lower()] == value

    wrong = (least - 1, most + 1, "x", "1.5", "1e3", "+1", "-1", "0x10", "1_000", "1 000", "１", "9" * 5000, "\u0661")
    for text in map(str, wrong):
        with pytest.raises(ConfigurationError, match=rf"^{name} .* from {least} to {most}"):
            Settings.from_environment({name: text})


@pytest.mark.parametrize("name", ["DATABASE_URL", "PORTAL_DATABASE_URL"])
@pytest.mark.parametrize(
    "url",
    ["mysql://localhost/photolens", "localhost/photolens", "host=localhost dbname=photolens", "postgresql:/x", "://"],
)
def test_a_database_url_of_another_kind_is_refused_by_name(name: str, url: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{name} "):
        Settings.from_environment({name: url})


@pytest.mark.parametrize(
    "url",
    [
        "mysql://studio:secret@localhost/photolens",
        "postgresql://studio:secret@[::1/photolens",
        "postgresql://studio:secret@localhost/photolens?nonsense=1",
        "postgresql://studio:secret@localhost/photo%zzlens",
        "postgresql://localhost/photolens?password=secret&port",
    ],
)
@pytest.mark.parametrize("name", ["DATABASE_URL", "PORTAL_DATABASE_URL"])
def test_a_database_url_that_cannot_be_read_is_refused_and_never_repeated(name: str, url: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{name} ") as refused:
        Settings.from_environment({name: url})

    assert "secret" not in str(refused.value)


def test_both_spellings_of_the_scheme_are_taken() -> None:
    for url in ("postgresql://localhost/photolens", "postgres://localhost/photolens"):
        assert Settings.from_environment({"DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*.example",
        "studio.example",
        "ftp://studio.example",
        "https://",
        "https://studio.example/app",
        "null",
    ],
)
def test_an_origin_that_is_none_is_refused_by_name(origin: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^CORS_ORIGINS ") as refused:
        Settings.from_environment({"CORS_ORIGINS": f"https://studio.example,{origin}"})

    assert repr(origin.rstrip("/")) in str(refused.value)


@pytest.mark.parametrize("word", ["prod", "PRODUCTION", "test", "1", "development, production"])
def test_an_environment_is_development_or_production(word: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^PHOTOLENS_ENV is .* development or production\.$"):
        Settings.from_environment({"PHOTOLENS_ENV": word, "SECRET_KEY": SECRET})


@pytest.mark.parametrize(("word", "is_production"), [("development", False), ("production", True)])
def test_the_settings_know_whether_it_is_production(word: str, is_production: bool) -> None:
    assert Settings.from_environment({**PRODUCTION, "PHOTOLENS_ENV": word}).is_production == is_production


def test_production_needs_a_database_or_to_be_told_to_take_the_embedded_one() -> None:
    production = {"PHOTOLENS_ENV": "production", "SECRET_KEY": SECRET}

    for told in ({}, {"EMBEDDED_IN_PRODUCTION": "0"}, {"DATABASE_URL": " "}):
        with pytest.raises(
            ConfigurationError, match=r"^DATABASE_URL is needed in production.*EMBEDDED_IN_PRODUCTION=1"
        ):
            Settings.from_environment(production | told)
    for told in ({"EMBEDDED_IN_PRODUCTION": "1"}, {"DATABASE_URL": "postgresql:///studio"}):
        assert Settings.from_environment(production | told).is_production


def test_statements_are_never_logged_in_production() -> None:
    with pytest.raises(ConfigurationError, match=r"^DATABASE_LOGGING .* never in production\.$"):
        Settings.from_environment({**PRODUCTION, "DATABASE_LOGGING": "1"})


@pytest.mark.parametrize("token", ["short", "x" * 31, "x" * 201, "two words that are long enough to be one", "é" * 40])
def test_a_token_for_metrics_that_nobody_could_send_or_anybody_guess_is_refused_and_never_repeated(token: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^METRICS_TOKEN ") as refused:
        Settings.from_environment({"METRICS_TOKEN": token})

    assert token not in str(refused.value)


@pytest.mark.parametrize("empty", [{}, {"SECRET_KEY": ""}, {"SECRET_KEY": "   "}])
def test_production_needs_a_secret_key(empty: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=r"^SECRET_KEY is needed in production"):
        Settings.from_environment({"PHOTOLENS_ENV": "production", **empty})


@pytest.mark.parametrize("environment", ["development", "production"])
def test_a_secret_key_that_is_easily_guessed_is_refused_and_never_repeated(environment: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^SECRET_KEY takes keys of 32 characters or more") as refused:
        Settings.from_environment({"PHOTOLENS_ENV": environment, "SECRET_KEY": SECRET[:31]})

    assert SECRET[:31] not in str(refused.value)
    assert Settings.from_environment({"SECRET_KEY": SECRET[:32]}).secret_key == (SECRET[:32],)


def test_a_secret_key_may_be_the_new_and_the_old_one_and_neither_is_easily_guessed() -> None:
    new, old = "n" * 32, "o" * 32

    assert Settings.from_environment({"SECRET_KEY": f"{new}, {old}"}).secret_key == (new, old)
    with pytest.raises(ConfigurationError, match=r"^SECRET_KEY takes keys of 32 characters or more"):
        Settings.from_environment({"SECRET_KEY": f"{new},{old[:31]}"})


@pytest.mark.parametrize(
    "proxy", ["proxy.example", "10.0.0.0/33", "10.0.0.1/8", "10.0.0", "*", "10.0.0.1:80", "::/129", "10.0.0.1 10.0.0.2"]
)
def test_a_proxy_that_is_no_address_and_no_network_is_refused_by_name(proxy: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^TRUSTED_PROXIES holds ") as refused:
        Settings.from_environment({"TRUSTED_PROXIES": f"127.0.0.1, {proxy}"})

    assert repr(proxy) in str(refused.value)


@pytest.mark.parametrize(
    "url", ["redis.internal", "http://redis.internal", "memcached://:secret@redis.internal", "://"]
)
def test_a_redis_of_another_kind_is_refused_by_name_and_never_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^REDIS_URL ") as refused:
        Settings.from_environment({"REDIS_URL": url})

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["redis://:secret@[::1/0", "redis://:secret@localhost:port/0"])
def test_a_redis_url_that_cannot_be_read_is_refused_and_never_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^REDIS_URL ") as refused:
        Settings.from_environment({"REDIS_URL": url})

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["studio.example", "ftp://studio.example", "javascript:alert(1)", "/app", "https://"])
def test_an_address_of_the_app_that_no_link_can_begin_with_is_refused_by_name(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^APP_URL is "):
        Settings.from_environment({"APP_URL": url})


@pytest.mark.parametrize("word", ["true", "yes", "2", "on", "01"])
def test_codes_are_echoed_by_1_and_by_nothing_else(word: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^OTP_ECHO is .* 0 or 1\.$"):
        Settings.from_environment({"OTP_ECHO": word})


def test_codes_are_never_echoed_in_production() -> None:
    with pytest.raises(ConfigurationError, match=r"^OTP_ECHO .* never in production\.$"):
        Settings.from_environment({**PRODUCTION, "OTP_ECHO": "1"})

    assert not Settings.from_environment({**PRODUCTION, "OTP_ECHO": "0"}).otp_echo


@pytest.mark.parametrize("key", ["pk_test_of_the_studio", "sk_test of", "sk_test\nof", "sk_tést"])
def test_a_key_that_stripe_cannot_take_is_refused_and_never_repeated(key: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^STRIPE_API_KEY ") as refused:
        Settings.from_environment({"STRIPE_API_KEY": key})

    assert key not in str(refused.value)


@pytest.mark.parametrize("name", ["STRIPE_WEBHOOK_SECRET", "SPACE_PAYMENTS_SECRET"])
@pytest.mark.parametrize("secret", ["whsec_old whsec_new", "whsec_öld", "whsec_\told"])
def test_a_webhook_secret_that_is_none_is_refused_and_never_repeated(name: str, secret: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{name} ") as refused:
        Settings.from_environment({name: f"whsec_new,{secret}"})

    assert secret not in str(refused.value)


def test_stripe_may_be_set_up_one_half_at_a_time() -> None:
    assert Settings.from_environment({"STRIPE_API_KEY": "sk_test_1"}).stripe_webhook_secret == ()
    assert Settings.from_environment({"STRIPE_WEBHOOK_SECRET": ",whsec_1,"}).stripe_webhook_secret == ("whsec_1",)


@pytest.mark.parametrize(
    "base",
    [
        "api.stripe.com",
        "ftp://api.stripe.com",
        "https://",
        "https://:443",
        "https://key:secret@api.stripe.com",
        "https://api.stripe.com/v1",
        "https://api.stripe.com?v=1",
        "https://api.stripe.com#v1",
        "https://api.stripe.com:port",
        "https://[::1",
        "https://api stripe.com",
    ],
)
def test_an_address_that_stripe_cannot_have_is_refused_by_name(base: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^STRIPE_API_BASE takes ") as refused:
        Settings.from_environment({"STRIPE_API_BASE": base})

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("base", ["http://api.stripe.com", "http://127.0.0.1.example", "http://10.0.0.1:12111"])
def test_in_production_the_key_never_leaves_the_machine_in_the_clear(base: str) -> None:
    assert Settings.from_environment({"STRIPE_API_BASE": base}).stripe_api_base == base
    with pytest.raises(ConfigurationError, match=r"^STRIPE_API_BASE is not https"):
        Settings.from_environment({**PRODUCTION, "STRIPE_API_BASE": base})


@pytest.mark.parametrize("base", ["http://localhost:12111", "http://127.0.0.1:12111", "http://[::1]:12111"])
def test_in_production_a_stand_in_on_the_machine_itself_may_be_spoken_to(base: str) -> None:
    assert Settings.from_environment({**PRODUCTION, "STRIPE_API_BASE": base}).stripe_api_base == base


def test_what_is_secret_is_not_shown_with_the_settings() -> None:
    settings = Settings.from_environment(
        {
            "SECRET_KEY": SECRET,
            "DATABASE_URL": "postgresql://studio:database-password@localhost/photolens",
            "REDIS_URL": "redis://:redis-password@localhost/0",
            "STRIPE_API_KEY": "sk_test_stripe-key",
            "STRIPE_WEBHOOK_SECRET": "whsec_webhook-secret",
        }
    )

    shown = f"{settings!r} {settings}"
    secrets = (SECRET, "database-password", "redis-password", "stripe-key", "webhook-secret")
    assert [word for word in secrets if word in shown] == []


def test_a_home_folder_may_be_written_as_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert Settings.from_environment({"STATE_DIR": "~/studio"}).state_dir == tmp_path / "studio"


def test_a_home_folder_of_nobody_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match=r"^STATE_DIR "):
        Settings.from_environment({"STATE_DIR": "~nobody-of-this-name/studio"})


def test_the_file_of_the_folder_is_read_and_the_real_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("# Ours\nPORT=9001\nHOST='::1'\nDATABASE_POOL_TIMEOUT=300\nDATABASE_URL=\nFLAG\n")
    monkeypatch.setenv("PORT", "9002")
    for name in ("HOST", "DATABASE_POOL_TIMEOUT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    settings = Settings.from_environment()

    assert (settings.port, settings.host, settings.database_pool_timeout) == (9002, "::1", 300)
    assert settings.database_url is None


def test_a_bad_value_in_the_file_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PORT", raising=False)
    (tmp_path / ".env").write_text("PORT=eighty\n")

    with pytest.raises(ConfigurationError, match=r"^PORT is 'eighty'"):
        Settings.from_environment()


def test_settings_do_not_change_once_they_are_read() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings.from_environment({}).port = 1  # type: ignore[misc]


@pytest.mark.parametrize("products", ["18.00", "18.00=", "=20", "0=20", "18.001=20", "18=0", "18=20.5", "18=20,16=20"])
def test_credits_are_sold_at_one_price_above_zero_each_number(products: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^CREDIT_PRODUCTS (holds|has) "):
        Settings.from_environment({"CREDIT_PRODUCTS": products})


@pytest.mark.parametrize("price", ["-1", "1.005", "1e3", "NaN", "one"])
def test_a_photo_costs_credits_with_two_decimals(price: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^PHOTO_PRICE is "):
        Settings.from_environment({"PHOTO_PRICE": price})


@pytest.mark.parametrize("name", ["STORAGE_URL", "PHOTO_AI_URL", "ASSISTANT_URL", "SMTP_URL", "SMS_URL"])
@pytest.mark.parametrize(
    "url", ["user:secret@example", "ftp://user:secret@x", "https://", "smtp://[::1", "s3://b:port"]
)
def test_an_address_of_a_service_that_cannot_be_one_is_refused_and_never_repeated(name: str, url: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{name} takes an address that begins with ") as refused:
        Settings.from_environment({name: url, "MAIL_FROM": "a@b"})

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("STORAGE_URL", "s3+http://key:secret@s3.example/bucket"),
        ("PHOTO_AI_URL", "http://photos.example"),
        ("ASSISTANT_URL", "http://chat.example/v1"),
        ("SMS_URL", "http://texts.example"),
    ],
)
def test_in_production_nothing_is_sent_to_a_service_in_the_clear(name: str, url: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{name} is not encrypted"):
        Settings.from_environment({**PRODUCTION, name: url})


def test_whoever_sends_e_mails_says_whom_they_are_from() -> None:
    with pytest.raises(ConfigurationError, match=r"^MAIL_FROM is needed "):
        Settings.from_environment({"SMTP_URL": "smtp://localhost"})
    with pytest.raises(ConfigurationError, match=r"^MAIL_FROM takes "):
        Settings.from_environment({"MAIL_FROM": "the studio"})


# `photolens config`


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """`photolens config` in a folder with this `.env`, in this environment."""
    monkeypatch.chdir(tmp_path)

    def show(dotenv: str = "", **environment: str) -> Result:
        (tmp_path / ".env").write_text(dotenv)
        return CliRunner().invoke(photolens, ["config"], env=environment)

    return show


def test_the_settings_in_force_are_shown_and_where_each_comes_from(shown: Callable[..., Result]) -> None:
    told = shown("PORT=9000\nHOST=::1\nCORS_ORIGINS=https://a.example,https://b.example/\n", PORT="9001", APP_URL=" ")

    lines = told.stdout.splitlines()
    assert told.exit_code == 0
    assert [line.partition(" = ")[0] for line in lines] == [field.name.upper() for field in fields(Settings)]
    assert {
        "PORT = 9001  # environment",
        "HOST = ::1  # .env",
        "CORS_ORIGINS = https://a.example, https://b.example  # .env",
        "APP_URL = http://localhost:3000  # default",
        "OTP_ECHO = 0  # default",
        "CREDIT_PRODUCTS = 1.00=1, 18.00=20, 40.00=50, 75.00=100  # default",
        "SMTP_URL =  # default",
    } <= set(lines)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SECRET_KEY", "a sentence that is long enough: secret", "***"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_secret", "***"),
        ("DATABASE_URL", "postgresql://studio:secret@db:5432/photolens", "postgresql://studio:***@db:5432/photolens"),
        ("DATABASE_URL", "postgresql://studio@db/photolens", "postgresql://studio@db/photolens"),
        (
            "DATABASE_URL",
            "postgresql:///photolens?host=/run&user=studio&password=secret",
            "postgresql:///photolens?host=/run&user=studio&password=***",
        ),
        ("REDIS_URL", "redis://:secret@cache:6379/0", "redis://:***@cache:6379/0"),
        ("STORAGE_URL", "s3://KEY:secret@s3.example/b?region=eu", "s3://KEY:***@s3.example/b?region=eu"),
        ("PHOTO_AI_URL", "https://secret@photos.example/edits?key=secret", "https://***@photos.example/edits?key=***"),
    ],
)
def test_nothing_that_lets_anybody_in_is_shown(shown: Callable[..., Result], name: str, value: str, told: str) -> None:
    result = shown(f"{name}='{value}'")

    assert f"{name} = {told}  # .env" in result.stdout.splitlines()
    assert "secret" not in result.output


def test_a_value_that_cannot_be_used_is_one_sentence_and_exit_status_1(shown: Callable[..., Result]) -> None:
    result = shown("PORT=eighty")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: PORT is 'eighty'; it takes a whole number from 0 to 65535.\n"


def test_names_that_nobody_reads_are_named(shown: Callable[..., Result]) -> None:
    result = shown(
        "COLOUR=blue\nDATABASE_POOL_TIMOUT=5\n", PHOTOLENS_PORT="1", DATABSE_URL="x", COLOURS="red", TZ="UTC"
    )

    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "COLOUR in .env is no setting.",
        "DATABASE_POOL_TIMOUT in .env is no setting; DATABASE_POOL_TIMEOUT is.",
        "DATABSE_URL in the environment is no setting; DATABASE_URL is.",
        "PHOTOLENS_PORT in the environment is no setting.",
    ]


@pytest.mark.parametrize("name", ["TEST_DATABASE_URL", "HOSTNAME", "HOME", "PATH", "SSL_CERT_FILE", "SMTP", "TMPDIR"])
def test_the_environment_may_hold_what_is_not_for_us(shown: Callable[..., Result], name: str) -> None:
    assert shown(**{name: "x"}).stderr == ""
