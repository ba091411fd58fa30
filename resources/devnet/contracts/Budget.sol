// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import {Emission} from "./Emission.sol";
import {Layout, SessionsStorage} from "./Layout.sol";
import {Pool} from "./Types.sol";

/// What a stake buys. Everything is constant within a UTC day unless providers are paid.
abstract contract Budget is Layout {
    using Emission for Pool;

    uint256 internal constant COMPUTE_POOL = 3;
    uint128 internal constant MIN_SESSION_DURATION = 5 minutes;
    uint256 private constant DAILY_SHARE = 100;

    function setPoolConfig(uint256 index_, Pool calldata pool_) external onlyOwner {
        Pool[] storage pools = _sessions().pools;
        if (index_ >= pools.length) revert SessionPoolIndexOutOfBounds();
        pools[index_] = pool_;
    }

    function setMaxSessionDuration(uint128 maxSessionDuration_) public onlyOwner {
        if (maxSessionDuration_ < MIN_SESSION_DURATION) revert SessionMaxDurationTooShort();
        _sessions().maxSessionDuration = maxSessionDuration_;
    }

    function getMaxSessionDuration() external view returns (uint128) {
        return _sessions().maxSessionDuration;
    }

    function getPools() external view returns (Pool[] memory) {
        return _sessions().pools;
    }

    function getPool(uint256 index_) external view returns (Pool memory) {
        return _sessions().pools[index_];
    }

    function startOfTheDay(uint128 timestamp_) public pure returns (uint128) {
        return timestamp_ - (timestamp_ % 1 days);
    }

    /// Emission of the compute pool up to the day's start, less everything ever paid.
    function getComputeBalance(uint128 timestamp_) public view returns (uint256) {
        SessionsStorage storage s = _sessions();
        return
            s.pools[COMPUTE_POOL].emitted(startOfTheDay(timestamp_)) - s.providersTotalClaimed;
    }

    function getTodaysBudget(uint128 timestamp_) external view returns (uint256) {
        return getComputeBalance(timestamp_) / DAILY_SHARE;
    }

    /// Emission of the other pools plus everything ever paid; not the token's total supply.
    function totalMORSupply(uint128 timestamp_) public view returns (uint256 supply) {
        SessionsStorage storage s = _sessions();
        uint128 day = startOfTheDay(timestamp_);
        for (uint256 i = 0; i < s.pools.length; ++i) {
            if (i != COMPUTE_POOL) supply += s.pools[i].emitted(day);
        }
        supply += s.providersTotalClaimed;
    }

    function stakeToStipend(uint256 amount_, uint128 timestamp_) public view returns (uint256) {
        uint256 supply = totalMORSupply(timestamp_);
        if (supply == 0) return 0;
        return (amount_ * getComputeBalance(timestamp_)) / (supply * DAILY_SHARE);
    }

    function stipendToStake(uint256 stipend_, uint128 timestamp_) public view returns (uint256) {
        uint256 balance = getComputeBalance(timestamp_);
        if (balance == 0) return 0;
        return (stipend_ * totalMORSupply(timestamp_) * DAILY_SHARE) / balance;
    }

    function getSessionEnd(
        uint256 amount_,
        uint256 pricePerSecond_,
        uint128 openedAt_
    ) public view returns (uint128) {
        uint256 duration = stakeToStipend(amount_, openedAt_) / pricePerSecond_;
        uint128 longest = _sessions().maxSessionDuration;
        return openedAt_ + (duration < longest ? uint128(duration) : longest);
    }
}
