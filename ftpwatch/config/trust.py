"""Which certificates are accepted and shown: PEM files, tried before anything is connected."""

from collections.abc import Iterator
from pathlib import Path

from ftpwatch.config.document import Problem
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.files import read_regular
from ftpwatch.config.settings import Profiles, Settings
from ftpwatch.core.ftp.target import Trust

__all__ = ["trust_of", "trust_problems"]


def trust_of(ca: str | None, certificate: str | None, key: str | None, *, verified: bool) -> Trust:
    """Raises ConfigError for a file that cannot be read, or that TLS cannot use."""
    ca, certificate, key = (
        _readable(ca, "ca"),
        _readable(certificate, "cert"),
        _readable(key, "key"),
    )
    if key is not None and certificate is None:
        raise ConfigError(f"key {key!r} needs cert, the certificate that it belongs to")
    if ca is not None or certificate is not None:
        _try(ca, certificate, key)
    return Trust(verified, ca, certificate, key)


def trust_problems(profiles: Profiles) -> Iterator[Problem]:
    """Files of the configuration that cannot be used as it names them."""
    places: list[tuple[tuple[str, ...], Settings]] = [(("defaults",), profiles.defaults)]
    places += [(("profile", name), profile) for name, profile in profiles.profile.items()]
    for at, own in places:
        if own.ca is None and own.cert is None and own.key is None:
            continue
        said = {
            name: getattr(own, name) if getattr(own, name) is not None
            else getattr(profiles.defaults, name)
            for name in ("ca", "cert", "key")
        }  # fmt: skip
        try:
            trust_of(said["ca"], said["cert"], said["key"], verified=True)
        except ConfigError as error:
            key = next(n for n in ("ca", "cert", "key") if str(error).startswith(n))
            yield Problem((*at, key), f"[{'.'.join(at)}]: {error}")


def _try(ca: str | None, certificate: str | None, key: str | None) -> None:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if ca is not None:
            context.load_verify_locations(ca)
    except (ssl.SSLError, ValueError):
        raise ConfigError(f"ca {ca!r} holds no certificate; a PEM file is accepted") from None
    try:
        if certificate is not None:
            # With an empty password an encrypted key is an error; without one OpenSSL would prompt.
            context.load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, ValueError) as error:
        named = f"cert {certificate!r}" + (f" with key {key!r}" if key is not None else "")
        mismatched = isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH"
        why = "the key is of another certificate" if mismatched else "one of them is missing"
        raise ConfigError(
            f"{named} cannot be used: {why}; accepted are a PEM certificate and its key, "
            "not encrypted, in one file or two"
        ) from None


def _readable(path: str | None, name: str) -> str | None:
    if path is None:
        return None
    try:
        read_regular(Path(path).expanduser())
        return str(Path(path).expanduser())
    except OSError as error:
        raise ConfigError(f"{name} {path!r} cannot be read: {error.strerror}") from None
