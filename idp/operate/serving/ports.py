"""Which port to listen on."""

import socket

_LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_TRIES = 50


def is_taken(port: int) -> bool:
    """Tell whether somebody listens on a port of this machine, on either loopback address.

    `localhost` may mean both, so a stranger on one of them would get half of our visitors.
    """
    return any(_answers(family, host, port) for family, host in _LOOPBACKS)


def next_free(port: int) -> int:
    """Return the port, or the next one that nobody listens on."""
    return next((number for number in range(port, port + _TRIES) if not is_taken(number)), port)


def _answers(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(0.2)
            return probe.connect_ex((host, port)) == 0
    except OSError:  # no IPv6 here
        return False
