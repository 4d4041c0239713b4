"""Secrets: made at random, kept as digests, and sealed where they must be read once more.

Whoever reads the database alone learns none of them: the key is the process's (SECRET_KEY, or a file in STATE_DIR).
While it is being replaced there are several: the first seals, and all of them unseal.
"""

import base64
import hashlib
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app

from photolens.config import ConfigurationError, Settings

KEY_FILE = "secret.key"


def new_token() -> str:
    """A token of 256 random bits, 43 characters that need no quoting anywhere."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> bytes:
    """What is kept of a token: its SHA-256. A random token needs no slower hash."""
    return hashlib.sha256(token.encode()).digest()


class Seal:
    """What is done with the secret keys. They are first looked for when they are first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def mac(self, *parts: str) -> bytes:
        """A digest that cannot be computed, nor guessed at, without the key: of a six-digit code, say."""
        return _mac(self._keys[0], parts)

    def is_mac(self, digest: bytes, *parts: str) -> bool:
        """Whether a digest is that of these parts, under any of the keys."""
        return any(hmac.compare_digest(digest, _mac(key, parts)) for key in self._keys)

    def seal(self, text: str) -> bytes:
        """The text, encrypted and signed."""
        return self._fernet.encrypt(text.encode())

    def unseal(self, sealed: bytes) -> str | None:
        """What was sealed, or None if it was under none of the keys."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            return None

    def reseal(self, sealed: bytes) -> bytes | None:
        """The same, sealed under the first key; None if it was under none of the keys."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            return None

    @cached_property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, b"seal"))) for key in self._keys])

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        return self._settings.secret_key or (_key_of(self._settings.state_dir),)


def _derived(key: str, purpose: bytes) -> bytes:
    return hmac.digest(key.encode(), purpose, "sha256")


def _mac(key: str, parts: tuple[str, ...]) -> bytes:
    return hmac.digest(_derived(key, b"mac"), "\x00".join(parts).encode(), "sha256")


def _key_of(state_dir: Path) -> str:
    """The key kept in a STATE_DIR for its owner alone, made when it is first needed."""
    file = state_dir / KEY_FILE
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        draft = state_dir / f"{KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(new_token())
        try:
            os.link(draft, file)  # whole or not at all; the first of two processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return file.read_text().strip()
    except OSError as error:
        raise ConfigurationError(f"The key in {file} cannot be used: {error.strerror}. Set SECRET_KEY.") from None


def current_seal() -> Seal:
    """The seal of the present application."""
    seal: Seal = current_app.extensions["seal"]
    return seal
