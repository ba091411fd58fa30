"""Who failed is avoided for a while, and not for ever."""

from node.core.clock import FakeClock
from node.core.ids import Address
from node.router.setbacks import AVOIDED_S, Setbacks

ONE, OTHER = Address(b"\x01" * 20), Address(b"\x02" * 20)


def test_a_provider_is_avoided_until_time_has_passed_or_it_answered() -> None:
    clock = FakeClock()
    setbacks = Setbacks(clock)
    setbacks.note(ONE)
    setbacks.note(OTHER)
    setbacks.forget(OTHER)
    assert setbacks.now() == {ONE}
    assert ONE in setbacks
    assert OTHER not in setbacks
    clock.advance(AVOIDED_S + 1)
    assert ONE not in setbacks
