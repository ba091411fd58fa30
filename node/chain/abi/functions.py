"""Functions of the marketplace (all facets), the MOR token and Multicall3, as data."""

from collections.abc import Mapping
from types import MappingProxyType

from node.chain.abi.codec import Function

_MARKET = """
getActiveProviders(uint256,uint256)->(address[],uint256)
getIsProviderActive(address)->(bool)
getProvider(address)->((string,uint256,uint128,uint128,uint256,bool))
getProviderMinimumStake()->(uint256)
providerDeregister(address)
providerRegister(address,uint256,string)
providerSetMinStake(uint256)
getActiveModelIds(uint256,uint256)->(bytes32[],uint256)
getIsModelActive(bytes32)->(bool)
getModel(bytes32)->((bytes32,uint256,uint256,address,string,string[],uint128,bool))
getModelId(address,bytes32)->(bytes32)
getModelIds(uint256,uint256)->(bytes32[],uint256)
getModelMinimumStake()->(uint256)
modelDeregister(bytes32)
modelRegister(address,bytes32,bytes32,uint256,uint256,string,string[])
modelSetMinStake(uint256)
deleteModelBid(bytes32)
getBidFee()->(uint256)
getBidId(address,bytes32,uint256)->(bytes32)
getFeeBalance()->(uint256)
getMinMaxBidPricePerSecond()->(uint256,uint256)
getProviderModelId(address,bytes32)->(bytes32)
postModelBid(address,bytes32,uint256)->(bytes32)
setMarketplaceBidFee(uint256)
setMinMaxBidPricePerSecond(uint256,uint256)
withdrawFee(address,uint256)
getBid(bytes32)->((address,bytes32,uint256,uint256,uint128,uint128))
getModelActiveBids(bytes32,uint256,uint256)->(bytes32[],uint256)
getModelBids(bytes32,uint256,uint256)->(bytes32[],uint256)
getProviderActiveBids(address,uint256,uint256)->(bytes32[],uint256)
getProviderBids(address,uint256,uint256)->(bytes32[],uint256)
getToken()->(address)
isBidActive(bytes32)->(bool)
claimForProvider(bytes32)
closeSession(bytes,bytes)
getComputeBalance(uint128)->(uint256)
getFundingAccount()->(address)
getIsProviderApprovalUsed(bytes)->(bool)
getMaxSessionDuration()->(uint128)
getModelSessions(bytes32,uint256,uint256)->(bytes32[],uint256)
getPool(uint256)->((uint256,uint256,uint128,uint128))
getPools()->((uint256,uint256,uint128,uint128)[])
getProviderSessions(address,uint256,uint256)->(bytes32[],uint256)
getProvidersTotalClaimed()->(uint256)
getSession(bytes32)->((address,bytes32,uint256,bytes,uint256,uint256,uint128,uint128,uint128,bool,bool))
getSessionEnd(uint256,uint256,uint128)->(uint128)
getSessionId(address,address,bytes32,uint256)->(bytes32)
getTodaysBudget(uint128)->(uint256)
getTotalSessions(address)->(uint256)
getUserSessions(address,uint256,uint256)->(bytes32[],uint256)
getUserStakesOnHold(address,uint8)->(uint256,uint256)
openSession(address,uint256,bool,bytes,bytes)->(bytes32)
setMaxSessionDuration(uint128)
setPoolConfig(uint256,(uint256,uint256,uint128,uint128))
stakeToStipend(uint256,uint128)->(uint256)
startOfTheDay(uint128)->(uint128)
stipendToStake(uint256,uint128)->(uint256)
totalMORSupply(uint128)->(uint256)
withdrawUserStakes(address,uint8)
getModelStats(bytes32)->(((int64,int64),(int64,int64),(int64,int64),uint32))
getProviderModelStats(bytes32,address)->(((int64,int64),(int64,int64),uint32,uint32,uint32))
getRegistry()->(address)
isRightsDelegated(address,address,bytes32)->(bool)
owner()->(address)
"""

_MOR = """
allowance(address,address)->(uint256)
approve(address,uint256)->(bool)
balanceOf(address)->(uint256)
decimals()->(uint8)
decreaseAllowance(address,uint256)->(bool)
increaseAllowance(address,uint256)->(bool)
name()->(string)
symbol()->(string)
totalSupply()->(uint256)
transfer(address,uint256)->(bool)
transferFrom(address,address,uint256)->(bool)
"""

_MULTICALL = """
aggregate((address,bytes)[])->(uint256,bytes[])
aggregate3((address,bool,bytes)[])->((bool,bytes)[])
getEthBalance(address)->(uint256)
"""


def _table(text: str) -> Mapping[str, Function]:
    functions = [Function.parse(line) for line in text.split()]
    return MappingProxyType({item.signature.partition("(")[0]: item for item in functions})


MARKET = _table(_MARKET)
TOKEN = _table(_MOR)
MULTICALL = _table(_MULTICALL)
