"""Which port: a taken one is passed over."""

import socket

from idp.operate.serving import ports


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert ports.is_taken(port)
        assert ports.next_free(port) > port


def test_a_free_port_is_kept():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert ports.next_free(port) == port
