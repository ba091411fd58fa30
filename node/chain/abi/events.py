"""Events of the marketplace and of the MOR token, as data; names as the contracts spell them."""

from collections.abc import Mapping
from types import MappingProxyType

from node.chain.abi.codec import Event

_EVENTS = """
ProviderDeregistered(address indexed provider)
ProviderMinimumStakeUpdated(uint256 providerMinimumStake)
ProviderRegistered(address indexed provider)
ProviderWithdrawn(address indexed provider,uint256 amount)
ModelDeregistered(address indexed owner,bytes32 indexed modelId)
ModelMinimumStakeUpdated(uint256 modelMinimumStake)
ModelRegisteredUpdated(address indexed owner,bytes32 indexed modelId)
MaretplaceFeeUpdated(uint256 bidFee)
MarketplaceBidDeleted(address indexed provider,bytes32 indexed modelId,uint256 nonce)
MarketplaceBidMinMaxPriceUpdated(uint256 bidMinPricePerSecond,uint256 bidMaxPricePerSecond)
MarketplaceBidPosted(address indexed provider,bytes32 indexed modelId,uint256 nonce)
SessionClosed(address indexed user,bytes32 indexed sessionId,address indexed providerId)
SessionOpened(address indexed user,bytes32 indexed sessionId,address indexed providerId)
UserWithdrawn(address indexed user,uint256 amount_)
DelegationRegistryUpdated(address registry)
DiamondCut((address,uint8,bytes4[])[] facets,address initFacet,bytes initData)
Initialized(bytes32 storageSlot)
OwnershipTransferred(address indexed previousOwner,address indexed newOwner)
Approval(address indexed owner,address indexed spender,uint256 value)
Transfer(address indexed from,address indexed to,uint256 value)
"""

EVENTS: Mapping[str, Event] = MappingProxyType(
    {event.name: event for event in map(Event.parse, _EVENTS.strip().splitlines())}
)
BY_TOPIC: Mapping[bytes, Event] = MappingProxyType({item.topic: item for item in EVENTS.values()})
