// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import {Layout, ModelsStorage, ProvidersStorage} from "./Layout.sol";
import {Paging, Set} from "./Paging.sol";
import {Model, Provider} from "./Types.sol";

/// Providers, models and who may act for whom.
contract RegistryFacet is Layout {
    using Paging for Set;
    using Paging for bytes32[];

    uint128 private constant LIMITER_PERIOD = 365 days;

    // ---------------------------------------------------------------- providers

    function __ProviderRegistry_init() external {
        _initializeOnce(_providers().initialized, PROVIDERS_SLOT);
        _providers().initialized = true;
    }

    function providerSetMinStake(uint256 providerMinimumStake_) external onlyOwner {
        _providers().minimumStake = providerMinimumStake_;
        emit ProviderMinimumStakeUpdated(providerMinimumStake_);
    }

    /// Registers, tops up, changes the endpoint or comes back: the stake only has to reach the
    /// minimum in sum.
    function providerRegister(
        address provider_,
        uint256 amount_,
        string calldata endpoint_
    ) external {
        _requireRights(provider_, RULE_PROVIDER);
        if (amount_ > 0) _token().transferFrom(provider_, address(this), amount_);

        ProvidersStorage storage s = _providers();
        Provider storage provider = s.providers[provider_];
        uint256 stake = provider.stake + amount_;
        if (stake < s.minimumStake) revert ProviderStakeTooLow(stake, s.minimumStake);

        if (provider.createdAt == 0) {
            provider.createdAt = uint128(block.timestamp);
            provider.limitPeriodEnd = uint128(block.timestamp) + LIMITER_PERIOD;
        }
        provider.endpoint = endpoint_;
        provider.stake = stake;
        provider.isDeleted = false;
        s.active.add(_key(provider_));
        emit ProviderRegistered(provider_);
    }

    /// Returns the stake less what was earned in the running limiter period.
    function providerDeregister(address provider_) external {
        _requireRights(provider_, RULE_PROVIDER);
        ProvidersStorage storage s = _providers();
        Provider storage provider = s.providers[provider_];
        if (provider.createdAt == 0) revert ProviderNotFound();
        if (!_bids().activeOfProvider[provider_].isEmpty()) revert ProviderHasActiveBids();
        if (provider.isDeleted) revert ProviderHasAlreadyDeregistered();

        uint256 amount = provider.stake;
        if (block.timestamp <= provider.limitPeriodEnd) amount -= provider.limitPeriodEarned;
        provider.stake -= amount;
        provider.isDeleted = true;
        s.active.remove(_key(provider_));
        if (amount > 0) _token().transfer(provider_, amount);
        emit ProviderDeregistered(provider_);
    }

    function getProvider(address provider_) external view returns (Provider memory) {
        return _providers().providers[provider_];
    }

    function getProviderMinimumStake() external view returns (uint256) {
        return _providers().minimumStake;
    }

    function getIsProviderActive(address provider_) external view returns (bool) {
        return _isActive(_providers().providers[provider_]);
    }

    function getActiveProviders(
        uint256 offset_,
        uint256 limit_
    ) external view returns (address[] memory providers, uint256 total) {
        bytes32[] memory keys;
        (keys, total) = _providers().active.values.page(offset_, limit_);
        providers = new address[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            providers[i] = address(uint160(uint256(keys[i])));
        }
    }

    // ---------------------------------------------------------------- models

    function __ModelRegistry_init() external {
        _initializeOnce(_models().initialized, MODELS_SLOT);
        _models().initialized = true;
    }

    function modelSetMinStake(uint256 modelMinimumStake_) external onlyOwner {
        _models().minimumStake = modelMinimumStake_;
        emit ModelMinimumStakeUpdated(modelMinimumStake_);
    }

    /// Creates, changes or revives the model whose id is the hash of owner and base id.
    function modelRegister(
        address modelOwner_,
        bytes32 modelId_,
        bytes32 ipfsCID_,
        uint256 fee_,
        uint256 amount_,
        string calldata name_,
        string[] calldata tags_
    ) external {
        _requireRights(modelOwner_, RULE_MODEL);
        ModelsStorage storage s = _models();
        bytes32 id = getModelId(modelOwner_, modelId_);
        Model storage model = s.models[id];
        uint256 stake = model.stake + amount_;
        if (stake < s.minimumStake) revert ModelStakeTooLow(stake, s.minimumStake);
        if (amount_ > 0) _token().transferFrom(modelOwner_, address(this), amount_);

        if (model.createdAt == 0) {
            model.createdAt = uint128(block.timestamp);
            model.owner = modelOwner_;
            s.ids.push(id);
        }
        model.ipfsCID = ipfsCID_;
        model.fee = fee_;
        model.stake = stake;
        model.name = name_;
        delete model.tags;
        for (uint256 i = 0; i < tags_.length; ++i) model.tags.push(tags_[i]);
        model.isDeleted = false;
        s.active.add(id);
        emit ModelRegisteredUpdated(modelOwner_, id);
    }

    function modelDeregister(bytes32 modelId_) external {
        ModelsStorage storage s = _models();
        Model storage model = s.models[modelId_];
        address owner = model.owner;
        _requireRights(owner, RULE_MODEL);
        if (!_bids().activeOfModel[modelId_].isEmpty()) revert ModelHasActiveBids();
        if (model.isDeleted) revert ModelHasAlreadyDeregistered();

        uint256 stake = model.stake;
        model.stake = 0;
        model.isDeleted = true;
        s.active.remove(modelId_);
        _token().transfer(owner, stake);
        emit ModelDeregistered(owner, modelId_);
    }

    function getModel(bytes32 modelId_) external view returns (Model memory) {
        return _models().models[modelId_];
    }

    function getModelId(address account_, bytes32 baseModelId_) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(account_, baseModelId_));
    }

    function getModelIds(
        uint256 offset_,
        uint256 limit_
    ) external view returns (bytes32[] memory, uint256) {
        return _models().ids.page(offset_, limit_);
    }

    function getActiveModelIds(
        uint256 offset_,
        uint256 limit_
    ) external view returns (bytes32[] memory, uint256) {
        return _models().active.values.page(offset_, limit_);
    }

    function getModelMinimumStake() external view returns (uint256) {
        return _models().minimumStake;
    }

    function getIsModelActive(bytes32 modelId_) external view returns (bool) {
        return _isActive(_models().models[modelId_]);
    }

    // ---------------------------------------------------------------- delegation

    function __Delegation_init(address registry_) external {
        _initializeOnce(_delegation().initialized, DELEGATION_SLOT);
        _delegation().initialized = true;
        setRegistry(registry_);
    }

    function setRegistry(address registry_) public onlyOwner {
        _delegation().registry = registry_;
        emit DelegationRegistryUpdated(registry_);
    }

    function getRegistry() external view returns (address) {
        return _delegation().registry;
    }

    function isRightsDelegated(
        address delegatee_,
        address delegator_,
        bytes32 rights_
    ) external view returns (bool) {
        return _isDelegated(delegatee_, delegator_, rights_);
    }

    function DELEGATION_RULES_PROVIDER() external pure returns (bytes32) {
        return RULE_PROVIDER;
    }

    function DELEGATION_RULES_MODEL() external pure returns (bytes32) {
        return RULE_MODEL;
    }

    function DELEGATION_RULES_MARKETPLACE() external pure returns (bytes32) {
        return RULE_MARKETPLACE;
    }

    function DELEGATION_RULES_SESSION() external pure returns (bytes32) {
        return RULE_SESSION;
    }

    function _key(address account) private pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }
}
