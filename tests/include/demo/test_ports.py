import socket

import pytest

from include.demo import ports
from include.demo.failure import DemoError
from include.demo.ports import HOST, Ports


def test_two_owners_never_share_a_port():
    with Ports() as one, Ports() as other:
        ours = {one.take() for _ in range(ports.BLOCK - 1)}
        theirs = {other.take() for _ in range(ports.BLOCK - 1)}
    assert len(ours | theirs) == 2 * (ports.BLOCK - 1)


def test_a_block_is_free_again_after_its_owner():
    with Ports() as owner:
        guard = owner.take() // ports.BLOCK * ports.BLOCK
        assert not ports.is_free(guard)
    assert ports.is_free(guard)


def test_a_taken_port_is_refused_in_one_sentence():
    with socket.create_server((HOST, 0)) as server:
        taken = server.getsockname()[1]
        with pytest.raises(DemoError, match=f"Port {taken} .* is taken by another program: choose another PORT"):
            ports.require(taken)


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_what_is_no_port_is_refused(port):
    with pytest.raises(DemoError, match="choose one from 1 to 65535"):
        ports.require(port)
