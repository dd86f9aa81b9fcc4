"""Sign-in by password, by refresh token, by key."""

from touchbook.core.errors import Forbidden, GrantRefused, Unauthenticated
from touchbook.core.teams.attempting import return_attempt, take_attempt
from touchbook.core.teams.authenticating import authenticate_key, authenticate_token
from touchbook.core.teams.client import ClientText
from touchbook.core.teams.granting import give_token, make_grant, spend_refresh_token
from touchbook.core.teams.key import read_key_text
from touchbook.core.teams.password import is_password
from touchbook.core.teams.queries import find_account, lock_account, users_by_id
from touchbook.core.teams.registering import authenticate_client
from touchbook.core.teams.token import LIVES, Given
from touchbook.core.transaction import OpenStore, Transaction

_LIFE = int(LIVES["access"].total_seconds())


class SignIn:
    """Opens transactions of its own: an attempt counts though it fails, and a grant ends though it is refused.

    With `by_password_too` False, sign-in by password is refused.
    """

    def __init__(self, store: OpenStore, *, by_password_too: bool = True) -> None:
        self._store = store
        self._by_password_too = by_password_too

    async def by_password(
        self, client: ClientText, *, username: str, password: str, address: str, surface: str
    ) -> Given:
        """An unknown account and a wrong password get the same answer after the same time.

        Errors: GrantRefused, TooManyAttempts.
        """
        if not self._by_password_too:
            raise GrantRefused("unsupported_grant_type", "Sign-in by password is switched off here.")
        async with self._store.transaction() as tx:
            client_id = await authenticate_client(tx, client)
            await take_attempt(tx, account=username, address=address)
            account = await find_account(tx, username)
        if not await is_password(password, account and account.password_hash) or account is None:
            raise _wrong_password()
        async with self._store.transaction() as tx:
            await return_attempt(tx, account=username, address=address)
            if await lock_account(tx, username) != account:
                raise _wrong_password()
            grant_id = await make_grant(tx, client_id=client_id, user_id=account.user_id)
            return await _give_both(tx, grant_id, surface)

    async def by_refresh_token(self, client: ClientText, *, token: str, surface: str) -> Given:
        """A refresh token is valid once, and for a retry soon after; it gives the next one.

        A key may be used in its place, any number of times. Errors: GrantRefused.
        """
        given = None
        async with self._store.transaction() as tx:
            client_id = await authenticate_client(tx, client)
            if read_key_text(token) is not None:
                return await _give_by_key(tx, client_id, token, surface)
            grant_id = await spend_refresh_token(tx, token, client_id=client_id)
            if grant_id is not None:
                given = await _give_both(tx, grant_id, surface)
        if given is None:
            raise _wrong_token()
        return given


async def _give_both(tx: Transaction, grant_id: int, surface: str) -> Given:
    refresh_token = await give_token(tx, "refresh", grant_id=grant_id)
    return await _give(tx, grant_id, surface, refresh_token)


async def _give_by_key(tx: Transaction, client_id: int, key: str, surface: str) -> Given:
    try:
        caller = await authenticate_key(tx, key, surface=surface)
    except (Unauthenticated, Forbidden) as refused:
        raise _wrong_token() from refused
    assert caller.user_id is not None
    grant_id = await make_grant(tx, client_id=client_id, user_id=caller.user_id, key_id=caller.key_id)
    return await _give(tx, grant_id, surface, key)


async def _give(tx: Transaction, grant_id: int, surface: str, refresh_token: str) -> Given:
    access_token = await give_token(tx, "access", grant_id=grant_id)
    try:
        caller = await authenticate_token(tx, access_token, surface=surface)
    except Unauthenticated as left:
        raise _wrong_token() from left
    assert caller.user_id is not None
    users = await users_by_id(tx, caller, [caller.user_id])
    return Given(
        access_token=access_token,
        refresh_token=refresh_token,
        expires_in=_LIFE,
        created_at=tx.now,
        caller=caller,
        user=users[caller.user_id],
    )


def _wrong_password() -> GrantRefused:
    return GrantRefused("invalid_grant", "The user name or the password is wrong.")


def _wrong_token() -> GrantRefused:
    return GrantRefused("invalid_grant", "The refresh token is not valid.")
