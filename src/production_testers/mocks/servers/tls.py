"""Certificates that are good, and certificates that are wrong in one way each; by trustme."""

import ssl
from datetime import UTC, datetime
from functools import cache

import trustme

_LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)
_SINCE_THEN = datetime(2020, 1, 1, tzinfo=UTC)
NAMES = ("localhost", "127.0.0.1")
GOOD = "good"


class Certificates:
    """An authority, and a server context for each way of being wrong.

    Attributes:
        authority: Its certificate in PEM; whoever trusts it accepts the good one only.
    """

    def __init__(self) -> None:
        trusted = trustme.CA()
        self.authority = trusted.cert_pem.bytes()
        self._made = {
            GOOD: trusted.issue_cert(*NAMES),
            "tls-expired": trusted.issue_cert(*NAMES, not_before=_LONG_AGO, not_after=_SINCE_THEN),
            "tls-wrong-name": trusted.issue_cert("elsewhere.invalid"),
            "tls-untrusted": trustme.CA().issue_cert(*NAMES),
        }

    def server(self, kind: str) -> ssl.SSLContext:
        """A server's context with the certificate of a kind."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._made[kind].configure_cert(context)
        return context

    def client(self) -> ssl.SSLContext:
        """A client's context that trusts the authority, and nobody else."""
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=self.authority.decode())
        return context


@cache
def certificates() -> Certificates:
    """The certificates of this process; making keys takes a moment."""
    return Certificates()
