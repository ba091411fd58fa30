"""Password rules and the wait after wrong ones."""

import pytest

from node.core.clock import FakeClock
from node.core.errors import WeakPasswordError, WrongPasswordError
from node.wallet.password import AttemptLimit, check_strength, normal_form


@pytest.mark.parametrize("password", ["", "short", "11 letters!", "aaaaaaaaaaaa", "abababababab"])
def test_guessable_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError) as caught:
        check_strength(password)
    assert "12 or more characters" in caught.value.hint


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "x9!fG2kL0pQz", "пароль из слов"]
)
def test_long_passwords_are_taken(password: str) -> None:
    check_strength(password)


def test_accents_typed_in_two_ways_are_one_password() -> None:
    assert normal_form("pa\u0308sswort") == normal_form("p\u00e4sswort")


def test_wait_doubles_up_to_a_minute_and_ends_with_success() -> None:
    clock = FakeClock()
    limit = AttemptLimit(clock)
    waits = []
    for _ in range(8):
        limit.check()
        waits.append(limit.failed().details["wait_s"])
        with pytest.raises(WrongPasswordError) as caught:
            limit.check()
        assert caught.value.code == "wallet.wait"
        clock.advance(waits[-1] - 0.001)
        assert limit.wait_s == 1
        clock.advance(0.001)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    limit.check()
    limit.succeeded()
    assert limit.failed().message == "Wrong password. Next try in 1 s."
