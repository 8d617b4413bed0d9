"""TLS for control connections: contexts, and what a certificate said (RFC 4217)."""

import ssl
from datetime import UTC, datetime
from typing import Any

from ftpwatch.core.ftp.target import Trust
from ftpwatch.core.journal.events import TlsEstablished

__all__ = ["ResumingContext", "context_for", "describe", "expiry", "problem_of"]


class ResumingContext(ssl.SSLContext):
    """Continues `session` in the connections made after it is set: many servers take a data
    connection only as a continuation of the control connection's TLS (vsftpd's require_ssl_reuse,
    ProFTPD without NoSessionReuseRequired). asyncio itself has no word for that.
    """

    session: ssl.SSLSession | None = None

    def wrap_bio(self, *args: Any, **settings: Any) -> ssl.SSLObject:
        return super().wrap_bio(*args, **{**settings, "session": self.session})


def context_for(trust: Trust) -> ResumingContext:
    """Context that verifies name and chain unless told not to. Raises OSError or ssl.SSLError
    for files that cannot be used.
    """
    context = ResumingContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.create_default_context().verify_flags
    if trust.ca is not None:
        context.load_verify_locations(trust.ca)
    elif trust.verified:
        context.load_default_certs()
    if not trust.verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if trust.certificate is not None:
        # With an empty password an encrypted key is an error; without one OpenSSL would prompt.
        context.load_cert_chain(trust.certificate, trust.key, password="")
    return context


def describe(tls: ssl.SSLObject, trust: Trust) -> TlsEstablished:
    """What was agreed on; names are known only of a certificate that was verified."""
    certificate = tls.getpeercert() or {}
    cipher = tls.cipher()
    return TlsEstablished(
        protocol=tls.version() or "TLS",
        cipher=cipher[0] if cipher else "",
        verified=trust.verified,
        subject=_common_name(certificate.get("subject")),
        issuer=_common_name(certificate.get("issuer")),
        not_after=str(certificate["notAfter"]) if "notAfter" in certificate else None,
    )


def expiry(tls: ssl.SSLObject) -> datetime | None:
    """When the certificate of the peer ends; None where it was not verified, or names no moment."""
    text = (tls.getpeercert() or {}).get("notAfter")
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(text)), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        return None


def problem_of(error: Exception) -> str:
    """Why TLS did not come about, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or str(error)).replace("_", " ").lower()
        if "wrong version number" in reason or "record layer" in reason:
            return "the server did not answer in TLS"
        return f"TLS failed: {reason}"
    return f"TLS failed: {str(error) or type(error).__name__}"


def _common_name(name: object) -> str | None:
    """The last attribute of a distinguished name, as ssl gives it: nested tuples."""
    if not isinstance(name, tuple) or not name:
        return None
    return ", ".join(f"{key}={value}" for part in name for key, value in part)
