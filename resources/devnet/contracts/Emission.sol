// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import {Pool} from "./Types.sol";

/// Rewards that fall by a fixed amount each interval.
library Emission {
    /// Sum of a pool's rewards up to `timestamp`, in closed form: full intervals as an arithmetic
    /// series, the running one in proportion.
    function emitted(Pool storage pool, uint128 timestamp) internal view returns (uint256) {
        uint256 interval = pool.decreaseInterval;
        if (interval == 0) return 0;
        uint256 first = pool.initialReward;
        uint256 fall = pool.rewardDecrease;
        uint256 start = pool.payoutStart;
        uint256 until = timestamp;
        if (fall > 0) {
            uint256 end = start + ((first + fall - 1) / fall) * interval;
            if (until > end) until = end;
        }
        if (until <= start) return 0;

        uint256 count = (until - start) / interval;
        uint256 rest = (until - start) % interval;
        uint256 series = first * count;
        if (count > 1) series -= (fall * count * (count - 1)) / 2;
        if (first > count * fall) series += ((first - count * fall) * rest) / interval;
        return series;
    }
}
