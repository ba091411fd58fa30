// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

/// Records of the marketplace as clients see them. The order of the fields is part of the ABI.

struct Provider {
    string endpoint;
    uint256 stake;
    uint128 createdAt;
    uint128 limitPeriodEnd;
    uint256 limitPeriodEarned;
    bool isDeleted;
}

struct Model {
    bytes32 ipfsCID;
    uint256 fee;
    uint256 stake;
    address owner;
    string name;
    string[] tags;
    uint128 createdAt;
    bool isDeleted;
}

struct Bid {
    address provider;
    bytes32 modelId;
    uint256 pricePerSecond;
    uint256 nonce;
    uint128 createdAt;
    uint128 deletedAt;
}

struct Session {
    address user;
    bytes32 bidId;
    uint256 stake;
    bytes closeoutReceipt;
    uint256 closeoutType;
    uint256 providerWithdrawnAmount;
    uint128 openedAt;
    uint128 endsAt;
    uint128 closedAt;
    bool isActive;
    bool isDirectPaymentFromUser;
}

struct Pool {
    uint256 initialReward;
    uint256 rewardDecrease;
    uint128 payoutStart;
    uint128 decreaseInterval;
}

/// A part of a stake that returns to its user from `releaseAt` on.
struct OnHold {
    uint256 amount;
    uint128 releaseAt;
}

/// Running mean and sum of squared deviations.
struct SD {
    int64 mean;
    int64 sqSum;
}

struct ProviderModelStats {
    SD tpsScaled1000;
    SD ttftMs;
    uint32 totalDuration;
    uint32 successCount;
    uint32 totalCount;
}

struct ModelStats {
    SD tpsScaled1000;
    SD ttftMs;
    SD totalDuration;
    uint32 count;
}
