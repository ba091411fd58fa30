"""Calldata of every intent: implements the port `Calls`. Pure, no network."""

from collections.abc import Sequence

from node.chain.abi.functions import MARKET, TOKEN
from node.chain.networks import Network
from node.core.errors import UserInputError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.ports import Call, Intent
from node.core.units import MAX_UINT256, Eth, Mor, PricePerSecond


class ContractCalls:
    """Calls to the marketplace and the token of one network.

    Amounts are exact; no unlimited approval.
    """

    def __init__(self, network: Network) -> None:
        self._market = network.marketplace
        self._token = network.token

    def approve(self, amount: Mor) -> Call:
        """Set the marketplace's allowance to exactly `amount`; 0 revokes it."""
        data = TOKEN["approve"].encode(self._market.raw, _base(amount))
        return Call(
            intent=Intent.APPROVE,
            to=self._token,
            data=data,
            summary=f"Allow the marketplace to take {amount}",
        )

    def revoke(self, spender: Address) -> Call:
        """Take back whatever allowance a contract has, the marketplace or another one."""
        return Call(
            intent=Intent.APPROVE,
            to=self._token,
            data=TOKEN["approve"].encode(spender.raw, 0),
            summary=f"Take back the allowance of {spender}",
        )

    def open_session(
        self, user: Address, stake: Mor, direct_payment: bool, approval: bytes, signature: bytes
    ) -> Call:
        data = MARKET["openSession"].encode(
            user.raw, _base(stake), direct_payment, approval, signature
        )
        return self._call(Intent.OPEN_SESSION, data, f"Open a session with {stake}")

    def close_session(self, report: bytes, signature: bytes) -> Call:
        data = MARKET["closeSession"].encode(report, signature)
        return self._call(Intent.CLOSE_SESSION, data, "Close the session")

    def withdraw_on_hold(self, user: Address, iterations: int) -> Call:
        """`iterations` (1 to 255) is the number of entries paid out."""
        if not 1 <= iterations <= 255:
            raise UserInputError("Between 1 and 255 entries are withdrawn at a time.")
        data = MARKET["withdrawUserStakes"].encode(user.raw, iterations)
        return self._call(Intent.WITHDRAW_ON_HOLD, data, "Withdraw released stake")

    def claim(self, session_id: SessionId) -> Call:
        data = MARKET["claimForProvider"].encode(session_id.raw)
        return self._call(Intent.CLAIM, data, f"Claim the pay of session {session_id.short}")

    def send_mor(self, to: Address, amount: Mor) -> Call:
        return Call(
            intent=Intent.SEND_MOR,
            to=self._token,
            data=TOKEN["transfer"].encode(to.raw, _base(amount)),
            summary=f"Send {amount} to {to}",
        )

    def send_eth(self, to: Address, amount: Eth) -> Call:
        _base(amount)
        return Call(
            intent=Intent.SEND_ETH, to=to, data=b"", value=amount, summary=f"Send {amount} to {to}"
        )

    def register_provider(self, provider: Address, stake: Mor, endpoint: str) -> Call:
        """Register, add `stake` or change the endpoint; the endpoint is always overwritten."""
        data = MARKET["providerRegister"].encode(provider.raw, _base(stake), endpoint)
        return self._call(Intent.REGISTER_PROVIDER, data, f"Register as provider at {endpoint}")

    def deregister_provider(self, provider: Address) -> Call:
        data = MARKET["providerDeregister"].encode(provider.raw)
        return self._call(Intent.DEREGISTER_PROVIDER, data, "Leave the market as provider")

    def register_model(
        self,
        owner: Address,
        base_id: bytes,
        ipfs_cid: bytes,
        stake: Mor,
        name: str,
        tags: Sequence[str],
    ) -> Call:
        """`base_id` and `ipfs_cid` have 32 bytes; the model's id is derived
        (`identifiers.model_id`).
        """
        if len(base_id) != 32 or len(ipfs_cid) != 32:
            raise UserInputError("The base id and the IPFS id of a model have 32 bytes.")
        data = MARKET["modelRegister"].encode(
            owner.raw, base_id, ipfs_cid, 0, _base(stake), name, list(tags)
        )
        return self._call(Intent.REGISTER_MODEL, data, f"Register the model “{name}”")

    def deregister_model(self, model_id: ModelId) -> Call:
        data = MARKET["modelDeregister"].encode(model_id.raw)
        return self._call(Intent.DEREGISTER_MODEL, data, f"Remove the model {model_id.short}")

    def post_bid(self, provider: Address, model_id: ModelId, price: PricePerSecond) -> Call:
        """Offer a model; a former active bid of the provider on it is replaced."""
        data = MARKET["postModelBid"].encode(provider.raw, model_id.raw, _base(price))
        return self._call(
            Intent.POST_BID,
            data,
            f"Offer the model {model_id.short} for {price.per_hour()} per hour",
        )

    def delete_bid(self, bid_id: BidId) -> Call:
        data = MARKET["deleteModelBid"].encode(bid_id.raw)
        return self._call(Intent.DELETE_BID, data, f"Withdraw the offer {bid_id.short}")

    def _call(self, intent: Intent, data: bytes, summary: str) -> Call:
        return Call(intent=intent, to=self._market, data=data, summary=summary)


def _base(amount: Mor | Eth | PricePerSecond) -> int:
    if not 0 <= amount.base <= MAX_UINT256:
        raise UserInputError("This amount cannot be sent.", code="input.amount")
    return amount.base
