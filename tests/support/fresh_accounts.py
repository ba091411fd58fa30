"""Accounts that nobody used before, and the raw truth of the chain about one of them.

The truth is read from the demo chain's own answers, with none of the node's code in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_account import Account

from node.core.ids import Address
from node.core.keccak import keccak256
from node.devnet.accounts import OWNER
from node.devnet.artifacts import artifact
from node.devnet.chain import AccountCall, Devnet

START_MOR = 1000 * 10**18
START_ETH = 10**17
_TRANSFER = "0x" + keccak256(b"Transfer(address,address,uint256)").hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshAccount:
    key: str
    address: Address
    recipient: Address
    """Nobody else sends anything there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainTruth:
    """`stakes` and `gifts`: amounts of MOR that went to the marketplace and to the recipient, one
    for each transfer; `returned` is what came back. `nonce` counts the mined transactions.
    """

    mor: int
    eth: int
    nonce: int
    allowance: int
    stakes: tuple[int, ...]
    gifts: tuple[int, ...]
    returned: int
    recipient_eth: int


async def fresh_accounts(chain: Devnet, name: str, number: int) -> list[FreshAccount]:
    """Accounts with 1,000 MOR and a tenth of an ETH each."""
    made = [_account(f"{name} {index}") for index in range(number)]
    token = artifact("Token")
    calls = [
        AccountCall(
            account=chain.accounts[OWNER],
            to=chain.token_address,
            data=token.call("transfer(address,uint256)", item.address.raw, START_MOR),
        )
        for item in made
    ]
    for first in range(0, number, 100):
        await chain.transact(calls[first : first + 100], gas=100_000)
    await _give_ether(chain, made)
    return made


def _account(name: str) -> FreshAccount:
    key = "0x" + keccak256(name.encode()).hex()
    return FreshAccount(
        key=key,
        address=Address.parse(Account.from_key(key).address),
        recipient=Address(keccak256(b"recipient of " + name.encode())[-20:]),
    )


async def _give_ether(chain: Devnet, accounts: Sequence[FreshAccount]) -> None:
    owner = chain.accounts[OWNER]
    nonce = await _number(chain, "eth_getTransactionCount", owner.address.hex, "latest")
    price = 10 * await _number(chain, "eth_gasPrice")
    for index, item in enumerate(accounts):
        signed = Account.sign_transaction(
            {
                "to": item.address.checksum,
                "value": START_ETH,
                "gas": 21_000,
                "gasPrice": price,
                "nonce": nonce + index,
                "chainId": chain.chain_id,
            },
            owner.private_key,
        )
        await _ask(chain, "eth_sendRawTransaction", "0x" + signed.raw_transaction.hex())


async def chain_truth(chain: Devnet, account: FreshAccount) -> ChainTruth:
    owner, market = account.address, chain.marketplace_address
    token = artifact("Token")
    allowance = token.call("allowance(address,address)", owner.raw, market.raw)
    balance = token.call("balanceOf(address)", owner.raw)
    return ChainTruth(
        mor=await _token_number(chain, balance),
        eth=await _number(chain, "eth_getBalance", owner.hex, "latest"),
        nonce=await _number(chain, "eth_getTransactionCount", owner.hex, "latest"),
        allowance=await _token_number(chain, allowance),
        stakes=await _transfers(chain, owner, market),
        gifts=await _transfers(chain, owner, account.recipient),
        returned=sum(await _transfers(chain, market, owner)),
        recipient_eth=await _number(chain, "eth_getBalance", account.recipient.hex, "latest"),
    )


async def _transfers(chain: Devnet, sender: Address, receiver: Address) -> tuple[int, ...]:
    wanted = {
        "fromBlock": "0x0",
        "toBlock": "latest",
        "address": chain.token_address.hex,
        "topics": [_TRANSFER, _topic(sender), _topic(receiver)],
    }
    logs = await _ask(chain, "eth_getLogs", wanted)
    return tuple(int(log["data"], 16) for log in logs)


def _topic(address: Address) -> str:
    return "0x" + address.raw.rjust(32, b"\0").hex()


async def _token_number(chain: Devnet, calldata: bytes) -> int:
    call = {"to": chain.token_address.hex, "data": "0x" + calldata.hex()}
    return await _number(chain, "eth_call", call, "latest")


async def _number(chain: Devnet, method: str, *arguments: object) -> int:
    return int(str(await _ask(chain, method, *arguments)), 16)


async def _ask(chain: Devnet, method: str, *arguments: object) -> Any:
    answer = await chain.request(method, arguments)
    if "error" in answer:
        raise AssertionError(f"the demo chain refused {method}: {answer['error']}")
    return answer["result"]
