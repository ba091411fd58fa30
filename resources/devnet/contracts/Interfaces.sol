// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

interface IERC20 {
    function transfer(address to, uint256 amount) external returns (bool);

    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}

interface IDelegateRegistry {
    function checkDelegateForContract(
        address to,
        address from,
        address contract_,
        bytes32 rights
    ) external view returns (bool);
}

interface IOwned {
    function owner() external view returns (address);
}

/// Everything the marketplace may emit. `MaretplaceFeeUpdated` is spelt as on the public networks.
interface IMarketplaceEvents {
    event ProviderRegistered(address indexed provider);
    event ProviderDeregistered(address indexed provider);
    event ProviderMinimumStakeUpdated(uint256 providerMinimumStake);
    event ProviderWithdrawn(address indexed provider, uint256 amount);
    event ModelRegisteredUpdated(address indexed owner, bytes32 indexed modelId);
    event ModelDeregistered(address indexed owner, bytes32 indexed modelId);
    event ModelMinimumStakeUpdated(uint256 modelMinimumStake);
    event MarketplaceBidPosted(address indexed provider, bytes32 indexed modelId, uint256 nonce);
    event MarketplaceBidDeleted(address indexed provider, bytes32 indexed modelId, uint256 nonce);
    event MaretplaceFeeUpdated(uint256 bidFee);
    event MarketplaceBidMinMaxPriceUpdated(
        uint256 bidMinPricePerSecond,
        uint256 bidMaxPricePerSecond
    );
    event SessionOpened(
        address indexed user,
        bytes32 indexed sessionId,
        address indexed providerId
    );
    event SessionClosed(
        address indexed user,
        bytes32 indexed sessionId,
        address indexed providerId
    );
    event UserWithdrawn(address indexed user, uint256 amount_);
    event DelegationRegistryUpdated(address registry);
    event Initialized(bytes32 storageSlot);
}

/// Every custom error of the marketplace; those never raised are declared for decoders.
interface IMarketplaceErrors {
    error InsufficientRightsForOperation(address delegator, address delegatee);
    error OwnableUnauthorizedAccount(address account_);
    error ProviderStakeTooLow(uint256 amount, uint256 minAmount);
    error ProviderNotFound();
    error ProviderHasActiveBids();
    error ProviderHasAlreadyDeregistered();
    error ProviderNoStake();
    error ProviderNotDeregistered();
    error ProviderNothingToWithdraw();
    error ModelStakeTooLow(uint256 amount, uint256 minAmount);
    error ModelNotFound();
    error ModelHasActiveBids();
    error ModelHasAlreadyDeregistered();
    error MarketplaceProviderNotFound();
    error MarketplaceModelNotFound();
    error MarketplaceActiveBidNotFound();
    error MarketplaceBidPricePerSecondInvalid();
    error MarketplaceBidMinPricePerSecondIsZero();
    error MarketplaceBidMinPricePerSecondIsInvalid();
    error MarketplaceFeeAmountIsZero();
    error SessionApprovedForAnotherChainId();
    error SessionApprovedForAnotherUser();
    error SessionApproveExpired();
    error SessionBidNotFound();
    error SessionProviderSignatureMismatch();
    error SessionDuplicateApproval();
    error SessionTooShort();
    error SessionStakeTooLow();
    error SessionReceiptForAnotherChainId();
    error SessionReceiptExpired();
    error SessionAlreadyClosed();
    error SessionNotEndedOrNotExist();
    error SessionProviderNothingToClaimInThisPeriod();
    error SessionUserAmountToWithdrawIsZero();
    error SessionPoolIndexOutOfBounds();
    error SessionMaxDurationTooShort();
}
