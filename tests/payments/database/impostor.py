"""A server that lets a client log in as RDS Proxy does, and keeps what it was told."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import struct
import threading
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_SSL: Final = 0x0800
_CAPABILITIES: Final = 0x000FA20F  # with SECURE_CONNECTION, PLUGIN_AUTH, PROTOCOL_41 and CONNECT_WITH_DB
_OK: Final = b"\x00\x00\x00\x02\x00\x00\x00"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1, signed by nobody but itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "impostor")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "certificate.pem", folder / "key.pem"


class Impostor:
    """Serves logins, one after the other; use it as a context.

    Parameters
    ----------
    files
        The certificate and its key; without them, it does not offer TLS.
    """

    def __init__(self, files: tuple[Path, Path] | None) -> None:
        self.tokens: list[bytes] = []
        self.plain = bytearray()
        """All that was said to it outside of TLS."""
        self._files = files
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Impostor:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.settimeout(5)
            try:
                self._log_in(client)
            except (OSError, EOFError):
                pass
            finally:
                client.close()

    def _log_in(self, client: socket.socket) -> None:
        capabilities = _CAPABILITIES | (_SSL if self._files else 0)
        greeting = (
            b"\x0a8.0.42\0"
            + struct.pack("<I", 7)
            + b"12345678\0"
            + struct.pack("<H", capabilities & 0xFFFF)
            + struct.pack("<BHHB", 255, 2, capabilities >> 16, 21)
            + bytes(10)
            + b"123456789012\0"
            + b"mysql_native_password\0"
        )
        _send(client, 0, greeting)
        number, said = _receive(client)
        self.plain += said
        if not self._files:
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._files)
        with context.wrap_socket(client, server_side=True) as secured:
            number, _login = _receive(secured)
            _send(secured, number + 1, b"\xfemysql_clear_password\0")
            number, token = _receive(secured)
            self.tokens.append(token.removesuffix(b"\0"))
            _send(secured, number + 1, _OK)
            while True:
                number, _query = _receive(secured)
                _send(secured, number + 1, _OK)


def _send(to: socket.socket, number: int, payload: bytes) -> None:
    to.sendall(struct.pack("<I", len(payload))[:3] + bytes([number]) + payload)


def _receive(source: socket.socket) -> tuple[int, bytes]:
    header = _exactly(source, 4)
    return header[3], _exactly(source, int.from_bytes(header[:3], "little"))


def _exactly(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = source.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data
