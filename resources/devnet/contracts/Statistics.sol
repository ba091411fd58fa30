// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import {ModelStats, ProviderModelStats, SD} from "./Types.sol";

/// Running mean and squared deviations; divisions truncate toward zero and the rounding stays in
/// the records, so `sqSum` may become negative.
library Statistics {
    function add(SD storage self, int64 value, int64 count) internal {
        int64 old = self.mean;
        self.mean = old + (value - old) / count;
        self.sqSum += (value - self.mean) * (value - old);
    }

    function remove(SD storage self, int64 value, int64 count) internal {
        if (count == 0) {
            self.mean = 0;
            self.sqSum = 0;
            return;
        }
        int64 old = self.mean;
        self.mean = old - (value - old) / count;
        self.sqSum -= (value - self.mean) * (value - old);
    }

    /// Books one undisputed close: the provider's means enter the model's record once each,
    /// the total duration at every close.
    function recordSuccess(
        ModelStats storage model,
        ProviderModelStats storage pair,
        uint32 tpsScaled1000,
        uint32 ttftMs,
        uint32 duration
    ) internal {
        if (pair.successCount > 0) {
            int64 others = int64(int32(model.count)) - 1;
            remove(model.tpsScaled1000, pair.tpsScaled1000.mean, others);
            remove(model.ttftMs, pair.ttftMs.mean, others);
        } else {
            model.count++;
        }
        pair.successCount++;
        pair.totalDuration += duration;
        int64 closes = int64(int32(pair.successCount));
        add(pair.tpsScaled1000, int64(int32(tpsScaled1000)), closes);
        add(pair.ttftMs, int64(int32(ttftMs)), closes);

        int64 count = int64(int32(model.count));
        add(model.totalDuration, int64(int32(pair.totalDuration)), count);
        add(model.tpsScaled1000, pair.tpsScaled1000.mean, count);
        add(model.ttftMs, pair.ttftMs.mean, count);
    }
}
