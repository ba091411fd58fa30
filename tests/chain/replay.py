"""A chain set up as the one that recorded `vectors/contracts.json`, and tools to replay it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address

from node.core.clock import FakeClock
from node.core.units import MAX_UINT256
from node.devnet import genesis
from node.devnet.accounts import DemoAccount, well_known_accounts
from node.devnet.artifacts import artifact
from node.devnet.clock import ChainClock
from node.devnet.control import ChainControl
from node.devnet.evm import Evm, GenesisAccount
from node.devnet.genesis import MARKETPLACE_ADDRESS, TOKEN_ADDRESS, GenesisConfig
from node.devnet.params import RpcError, to_hex
from node.devnet.rpc import RpcHandler
from tests.support.signers import KeySigner
from tests.support.vectors import load_vectors

VECTORS: dict[str, Any] = load_vectors("contracts")
CHAIN_ID = 84532
MOR = 10**18

MODEL = VECTORS["ids"]["modelId"]
BIDS = VECTORS["ids"]["bidId"]

_START = 1_793_520_100


def type_of(parameter: Mapping[str, Any]) -> str:
    """ABI type with tuples spelt out."""
    kind = str(parameter["type"])
    if not kind.startswith("tuple"):
        return kind
    inner = ",".join(type_of(component) for component in parameter["components"])
    return f"({inner}){kind.removeprefix('tuple')}"


def plain(parameter: Mapping[str, Any], value: Any) -> Any:
    """A decoded value in the vectors' form: decimal strings, hex, structs as objects."""
    kind = str(parameter["type"])
    if kind.endswith("[]"):
        item = {**parameter, "type": kind[:-2]}
        return [plain(item, element) for element in value]
    if kind == "tuple":
        return {
            component["name"]: plain(component, element)
            for component, element in zip(parameter["components"], value, strict=True)
        }
    if kind == "address":
        return to_checksum_address(value)
    if kind.startswith("bytes"):
        return to_hex(value)
    if kind in ("bool", "string"):
        return value
    return str(value)


def function_table() -> dict[str, Mapping[str, Any]]:
    """ABI entries of all functions, by signature."""
    table = {}
    for name in ("Diamond", "RegistryFacet", "BidFacet", "SessionFacet", "Token", "Multicall"):
        for entry in artifact(name).abi:
            if entry["type"] == "function":
                types = ",".join(type_of(parameter) for parameter in entry["inputs"])
                table[f"{entry['name']}({types})"] = entry
    return table


FUNCTIONS = function_table()
BY_NAME = {entry["name"]: (signature, entry) for signature, entry in FUNCTIONS.items()}


def calldata(name: str, *arguments: Any) -> bytes:
    signature, entry = BY_NAME[name]
    for holder in ("Diamond", "RegistryFacet", "BidFacet", "SessionFacet", "Token"):
        selector = artifact(holder).selectors.get(signature)
        if selector is not None:
            types = [type_of(parameter) for parameter in entry["inputs"]]
            return selector + encode(types, list(arguments))
    raise KeyError(name)


def hexbytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


class ReplayChain:
    """The recorded chain. Times are the recorded block times."""

    def __init__(self, alter: Callable[[dict[bytes, GenesisAccount]], None] | None = None) -> None:
        """`alter` may change the state of block 0."""
        config = GenesisConfig(
            mor={index: 1_000_000 * MOR for index in range(1, 7)},
            eth={index: 10_000 * MOR for index in range(7)},
        )
        accounts = genesis.genesis_accounts(config)
        if alter is not None:
            alter(accounts)
        self.evm = Evm(chain_id=CHAIN_ID, timestamp=_START - 1, accounts=accounts)
        genesis.deploy(self.evm, config, _START)
        self.rpc = self._rpc_from(_START)
        self.accounts = {account.address.checksum: account for account in well_known_accounts()[:7]}
        _, self.funding, self.provider1, self.user1, self.user2, self.provider2, self.spare = (
            well_known_accounts()[:7]
        )
        self.owner = well_known_accounts()[0]

    def _rpc_from(self, moment: int) -> RpcHandler:
        clock = ChainClock(FakeClock(moment))
        return RpcHandler(self.evm, ChainControl(self.evm, clock, block_interval_s=1))

    def go_back_to(self, block: int) -> None:
        """Forget what came after `block`, its time included."""
        self.evm.rewind(block)
        self.rpc = self._rpc_from(self.evm.head.header.timestamp)

    # ---------------------------------------------------------------- transactions and calls

    def send(
        self, sender: DemoAccount, data: bytes, *, at: int | None = None, to: bytes | None = None
    ) -> dict[str, Any]:
        """Mine a transaction, at block time `at`; returns its receipt, failed or not."""
        if at is not None:
            self.rpc.call("evm_setNextBlockTimestamp", [hex(at)])
        tx_hash = self.evm.sign_and_submit(
            sender.private_key, to=to or MARKETPLACE_ADDRESS.raw, calldata=data, gas=2_000_000
        )
        self.rpc.call("evm_mine", [])
        return self.evm.receipts[tx_hash]

    def expect_ok(
        self, sender: DemoAccount, data: bytes, *, at: int | None = None, to: bytes | None = None
    ) -> dict[str, Any]:
        receipt = self.send(sender, data, at=at, to=to)
        assert receipt["status"] == "0x1"
        return receipt

    def go_to(self, moment: int) -> None:
        """Make an empty block at `moment`: calls then see that time."""
        self.rpc.call("evm_mine", [hex(moment)])

    def call(self, data: bytes, *, sender: DemoAccount | None = None) -> bytes:
        transaction = {"to": MARKETPLACE_ADDRESS.hex, "input": to_hex(data)}
        if sender is not None:
            transaction["from"] = sender.address.hex
        return hexbytes(self.rpc.call("eth_call", [transaction, "latest"]))

    def revert_data(self, data: bytes, *, sender: DemoAccount | None = None) -> str | None:
        """Revert data of a call, None when it succeeds."""
        try:
            self.call(data, sender=sender)
        except RpcError as error:
            return error.data or "0x"
        return None

    def read(self, name: str, *arguments: Any) -> Any:
        """Result of a view function in the vectors' form; several results as a list."""
        _, entry = BY_NAME[name]
        output = self.call(calldata(name, *arguments))
        values = decode([type_of(parameter) for parameter in entry["outputs"]], output)
        answers = [
            plain(parameter, value)
            for parameter, value in zip(entry["outputs"], values, strict=True)
        ]
        return answers[0] if len(answers) == 1 else answers

    def mor(self, holder: bytes) -> int:
        token = {"to": TOKEN_ADDRESS.hex, "data": to_hex(calldata("balanceOf", holder))}
        return int(self.rpc.call("eth_call", [token, "latest"]), 16)

    def approve(self, account: DemoAccount) -> None:
        data = calldata("approve", MARKETPLACE_ADDRESS.raw, MAX_UINT256)
        self.expect_ok(account, data, to=TOKEN_ADDRESS.raw)

    # ---------------------------------------------------------------- the recorded set-up

    def set_up_market(self) -> None:
        for account in (self.provider1, self.user1, self.user2, self.provider2):
            self.approve(account)
        one, two = self.provider1, self.provider2
        address = one.address.raw
        self.expect_ok(
            one,
            calldata("providerRegister", address, 1_000 * MOR, "provider.example.org:4444"),
            at=1793520210,
        )
        model = VECTORS["structs"]["model"]
        self.expect_ok(
            one,
            calldata(
                "modelRegister",
                address,
                hexbytes(MODEL["baseModelId"]),
                hexbytes(model["ipfsCID"]),
                int(model["fee"]),
                int(model["stake"]),
                model["name"],
                model["tags"],
            ),
            at=1793520220,
        )
        model_id = hexbytes(MODEL["modelId"])
        self.expect_ok(one, calldata("postModelBid", address, model_id, 10**15), at=1793520230)
        self.expect_ok(one, calldata("postModelBid", address, model_id, 10**14), at=1793520231)
        other = two.address.raw
        self.expect_ok(
            two,
            calldata("providerRegister", other, MOR // 5, "p2.example.org:3333"),
            at=1793520251,
        )
        self.expect_ok(two, calldata("postModelBid", other, model_id, 10**14), at=1793520252)

    # ---------------------------------------------------------------- sessions of our own

    def open(
        self,
        user: DemoAccount,
        provider: DemoAccount,
        bid: bytes,
        *,
        at: int,
        stake: int = 1_000 * MOR,
        direct_payment: bool = False,
        sender: DemoAccount | None = None,
        signer: DemoAccount | None = None,
    ) -> bytes:
        """Open a session with an approval signed at block time; returns its id."""
        approval = approval_of(bid, user, at)
        signature = KeySigner((signer or provider).private_key).sign_blob(approval)
        data = calldata("openSession", user.address.raw, stake, direct_payment, approval, signature)
        receipt = self.expect_ok(sender or user, data, at=at)
        opened = VECTORS_TOPICS["SessionOpened"]
        topics = [log["topics"] for log in receipt["logs"] if log["topics"][0] == opened]
        return hexbytes(topics[0][2])

    def close(
        self,
        user: DemoAccount,
        provider: DemoAccount,
        session: bytes,
        *,
        at: int,
        tps: int = 12000,
        ttft: int = 345,
        extra: Sequence[int] = (),
    ) -> dict[str, Any]:
        receipt = receipt_of(session, at, tps, ttft, extra)
        signature = KeySigner(provider.private_key).sign_blob(receipt)
        return self.expect_ok(user, calldata("closeSession", receipt, signature), at=at)


VECTORS_TOPICS = {
    entry["signature"].split("(")[0]: entry["topic0"] for entry in VECTORS["eventsAbi"]
}


def approval_of(bid: bytes, user: DemoAccount, timestamp: int, chain_id: int = CHAIN_ID) -> bytes:
    return encode(
        ["bytes32", "uint256", "address", "uint128"],
        [bid, chain_id, user.address.raw, timestamp],
    )


def receipt_of(
    session: bytes, timestamp: int, tps: int, ttft: int, extra: Sequence[int] = ()
) -> bytes:
    types = ["bytes32", "uint256", "uint128", "uint32", "uint32"] + ["uint32"] * len(extra)
    return encode(types, [session, CHAIN_ID, timestamp, tps, ttft, *extra])
