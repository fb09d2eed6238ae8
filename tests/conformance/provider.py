"""The provider under test: `idp serve` on https loopback, a person with every claim, and the suite's clients."""

import datetime as dt
import ipaddress
import json
import socket
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc.jwk import RSAKey

from tests.conformance.plan import ALIAS, EMAIL, PASSWORD
from tests.live import LiveServer

CLAIMS = {
    "name": "Alice Baker", "given_name": "Alice", "family_name": "Baker", "middle_name": "Mary", "nickname": "Ally",
    "username": "alice", "profile": "https://alice.example.com/", "picture": "https://alice.example.com/me.png",
    "website": "https://alice.example.com/", "gender": "female", "birthdate": "1987-10-16", "locale": "en-GB",
    "zoneinfo": "Europe/London", "phone_number": "+44 20 7946 0000", "phone_number_verified": True,
    "address": {
        "formatted": "1 High Street\nLondon\nE1 1AA\nUnited Kingdom", "street_address": "1 High Street",
        "locality": "London", "region": "Greater London", "postal_code": "E1 1AA", "country": "United Kingdom",
    },
}  # fmt: skip
METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
POST = "client_secret_post"


def make_certificate(folder):
    """Write a self-signed certificate for localhost; return the files of certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(today).not_valid_after(today + dt.timedelta(30))
        .add_extension(names, critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    files = folder / "tls.crt", folder / "tls.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    return files


class SecureServer(LiveServer):
    """`idp serve` with a certificate of its own."""

    def __init__(self, folder) -> None:
        super().__init__(folder)
        self.issuer = self.values["IDP_ISSUER"] = f"https://localhost:{self.ports[0]}"
        # The suite stands on this machine, and is told of sign-outs; its certificate must be trusted (SSL_CERT_FILE).
        self.values["IDP_DEV__FETCH_LOOPBACK"] = "on"

    def begin(self):
        certificate, key = make_certificate(self.folder)
        return self.start("--tls-cert", str(certificate), "--tls-key", str(key))

    def wait(self, port, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.processes[port].poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log(port))

    def register(self, suite, method, *, hears_of_ends):
        """Register the person and the clients of a plan; return the clients as the suite wants to be told.

        Only a plan about it may be told of the end of sessions: any other takes that for a fault.
        """
        self.factory.user(EMAIL, password=PASSWORD, **CLAIMS)
        methods = {"client": method, "client2": method, POST: POST}  # one module authenticates by POST whatever else
        return {name: self._client(name, method, suite, hears_of_ends) for name, method in methods.items()}

    def _client(self, name, method, suite, hears_of_ends):
        metadata = {
            "redirect_uris": [f"{suite}/test/a/{ALIAS}/callback"],
            "post_logout_redirect_uris": [f"{suite}/test/a/{ALIAS}/post_logout_redirect"],
            "token_endpoint_auth_method": method,
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile email address phone offline_access",
        }
        if hears_of_ends:
            metadata["backchannel_logout_uri"] = f"{suite}/test/a/{ALIAS}/backchannel_logout"
        told = {}
        if method == "private_key_jwt":
            key = RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"}, private=True)
            metadata["jwks"] = {"keys": [key.as_dict(private=False)]}
            told["jwks"] = {"keys": [key.as_dict(private=True)]}
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(metadata))
        words = [
            "--name",
            f"Conformance {name}",
            "--type",
            "web",
            "--metadata",
            str(file),
            "--no-require-pkce",
            "--json",
        ]
        client = json.loads(self.idp("client", "add", *words).stdout)
        return told | {key: client[key] for key in ("client_id", "client_secret") if client.get(key)}
