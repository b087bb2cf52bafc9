"""A TCP proxy before a MySQL-compatible server, which does to a write what networks do at the worst moment.

It reads the packets of the client/server protocol just far enough to know a write when it sees one, and to know when
the server has answered it ("MySQL Packets", "OK_Packet", MySQL Internals: Client/Server Protocol).
"""

from __future__ import annotations

import re
import selectors
import socket
import struct
import threading
from collections.abc import Callable
from enum import Enum
from typing import Final

_COM_QUERY: Final = 0x03
_OK, _ERR = 0x00, 0xFF
_MORE_RESULTS: Final = 0x0008
_IS_WRITE: Final = re.compile(rb"\b(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_WAIT_S: Final = 10.0


class Fate(Enum):
    """What becomes of a write."""

    PASSED = "passed"
    """It reaches the server, and its reply the client."""

    LOST = "lost"
    """The connection is reset before the server has seen it."""

    UNTOLD = "untold"
    """The server does it and replies; the connection is reset instead of the reply."""

    LATE = "late"
    """The connection is reset at once; the server sees it only when :meth:`Proxy.release` is called."""


Judge = Callable[[bytes], Fate]
"""Decides by a write's text. It is called before the server has seen it, so it may also do something else first."""


class Proxy:
    """Stands between clients and a server; use it as a context.

    Parameters
    ----------
    connect
        Opens a connection to the server.
    judge
        Decides on every write; it may be replaced at any time.
    after
        Called with the text of a write that the server has answered, before the client hears of it.
    """

    def __init__(
        self,
        connect: Callable[[], socket.socket],
        judge: Judge = lambda _text: Fate.PASSED,
        after: Callable[[bytes], None] = lambda _text: None,
    ) -> None:
        self.judge = judge
        self.after = after
        self._connect = connect
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._late: list[tuple[socket.socket, bytes]] = []
        self._is_closing = False
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Proxy:
        self._acceptor.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_closing = True
        # A connection wakes the acceptor, which closing the socket under it would not.
        socket.create_connection(("127.0.0.1", self.port), timeout=_WAIT_S).close()
        self._acceptor.join(_WAIT_S)
        self._listener.close()
        self.release()

    def release(self) -> int:
        """Let the server have every write that is late, and wait for its answers; gives their number."""
        late, self._late = self._late, []
        for server, packet in late:
            server.sendall(packet)
            _read_reply(server)
            server.close()
        return len(late)

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._is_closing:
                client.close()
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = self._connect()
        except OSError:
            _reset(client)
            return
        try:
            self._pump(client, server)
        except OSError:
            _reset(client)
            server.close()

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        """Pass what either side says, until one is gone. One thread does both, so that a reset is one at once."""
        with selectors.DefaultSelector() as either:
            either.register(client, selectors.EVENT_READ)
            either.register(server, selectors.EVENT_READ)
            is_open = True
            while is_open:
                heard = {key.fileobj for key, _ in either.select()}
                if server in heard:
                    _pass_on(server, client)
                else:
                    is_open = self._pass_packet(client, server)

    def _pass_packet(self, client: socket.socket, server: socket.socket) -> bool:
        """Do with the client's next packet what is its fate; tells whether the connection is still there."""
        packet = _read_packet(client)
        is_write = packet[3] == 0 and packet[4] == _COM_QUERY and _IS_WRITE.search(packet, 5)
        if not is_write:
            server.sendall(packet)
            return True
        fate = self.judge(packet[5:])
        if fate is Fate.LOST:
            raise ConnectionResetError
        if fate is Fate.LATE:
            self._late.append((server, packet))
            _reset(client)
            return False
        server.sendall(packet)
        reply = _read_reply(server)
        self.after(packet[5:])
        if fate is Fate.UNTOLD:
            raise ConnectionResetError
        client.sendall(reply)
        return True


def _pass_on(server: socket.socket, client: socket.socket) -> None:
    said = server.recv(65_536)
    if not said:
        raise ConnectionResetError
    client.sendall(said)


def _read_exactly(source: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = source.recv(size - len(data))
        if not part:
            raise ConnectionResetError
        data += part
    return bytes(data)


def _read_packet(source: socket.socket) -> bytes:
    header = _read_exactly(source, 4)
    return header + _read_exactly(source, int.from_bytes(header[:3], "little"))


def _read_reply(server: socket.socket) -> bytes:
    """Read the answers to every statement of a batch of writes: an OK packet each, or one error."""
    reply = bytearray()
    while True:
        packet = _read_packet(server)
        reply += packet
        if packet[4] == _ERR:
            return bytes(reply)
        if packet[4] == _OK and not _status(packet) & _MORE_RESULTS:
            return bytes(reply)


def _status(packet: bytes) -> int:
    """Read an OK packet's status flags, which follow two length-encoded integers."""
    position = 5
    for _ in range(2):
        position += {0xFC: 3, 0xFD: 4, 0xFE: 9}.get(packet[position], 1)
    return int(struct.unpack_from("<H", packet, position)[0])


def _reset(client: socket.socket) -> None:
    """Close a connection with an RST ("SO_LINGER", socket(7)): what lay in its buffers is lost."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
