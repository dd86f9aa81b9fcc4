from importlib.util import find_spec, module_from_spec

from argon2 import extract_parameters

from touchbook.core.teams import password
from touchbook.core.teams.password import hash_password, is_password


async def test_a_password_is_that_one_alone() -> None:
    known = hash_password("one")
    assert await is_password("one", known)
    for other in ("", "One", "one ", "one\n", "o" * 5000):
        assert not await is_password(other, known)


async def test_what_is_no_hash_is_no_password() -> None:
    assert not await is_password("", "")
    assert not await is_password("", "$argon2id$")
    assert not await is_password("x", "x")


async def test_nobodys_password_costs_what_anybodys_does() -> None:
    assert extract_parameters(password._NOBODYS) == extract_parameters(hash_password("one"))
    assert not await is_password("one", None)


def test_a_password_is_dear_to_guess() -> None:
    """In the product; tests have it cheaper."""
    spec = find_spec("touchbook.core.teams.password")
    assert spec is not None
    assert spec.loader is not None
    product = module_from_spec(spec)
    spec.loader.exec_module(product)
    assert product._hasher.time_cost >= 2
    assert product._hasher.memory_cost >= 19 * 1024
