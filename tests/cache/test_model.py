"""The protocol's proof, and that what was rejected is wrong."""

import pytest

from scripts.cache_model.check import check
from scripts.cache_model.protocol import PROTOCOLS, Protocol


@pytest.mark.long
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.name)
def test_in_every_order_of_steps_a_protocol_keeps_what_it_is_known_to_keep(
    protocol: Protocol,
) -> None:
    found = check(protocol, is_reduced=True)
    assert (found.i1, found.i2) == (protocol.i1, protocol.i2)
