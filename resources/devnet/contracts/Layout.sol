// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import {IDelegateRegistry, IERC20, IMarketplaceErrors, IMarketplaceEvents} from "./Interfaces.sol";
import {Set} from "./Paging.sol";
import {Bid, Model, ModelStats, OnHold, Pool, Provider, ProviderModelStats, Session} from "./Types.sol";

struct ProvidersStorage {
    uint256 minimumStake;
    mapping(address => Provider) providers;
    Set active;
    bool initialized;
}

struct ModelsStorage {
    uint256 minimumStake;
    mapping(bytes32 => Model) models;
    bytes32[] ids;
    Set active;
    bool initialized;
}

struct BidsStorage {
    address token;
    uint256 fee;
    uint256 feeBalance;
    uint256 minPricePerSecond;
    uint256 maxPricePerSecond;
    mapping(bytes32 => Bid) bids;
    mapping(bytes32 => uint256) nonces;
    mapping(bytes32 => bytes32[]) ofModel;
    mapping(bytes32 => Set) activeOfModel;
    mapping(address => bytes32[]) ofProvider;
    mapping(address => Set) activeOfProvider;
    bool initialized;
}

struct SessionsStorage {
    address fundingAccount;
    uint128 maxSessionDuration;
    uint256 nonce;
    uint256 providersTotalClaimed;
    Pool[] pools;
    mapping(bytes32 => Session) sessions;
    mapping(address => bytes32[]) ofUser;
    mapping(address => bytes32[]) ofProvider;
    mapping(bytes32 => bytes32[]) ofModel;
    mapping(bytes32 => bool) approvalUsed;
    mapping(address => OnHold[]) onHold;
    mapping(bytes32 => ModelStats) modelStats;
    mapping(bytes32 => mapping(address => ProviderModelStats)) providerModelStats;
    bool initialized;
}

struct DelegationStorage {
    address registry;
    bool initialized;
}

struct OwnerStorage {
    address owner;
    bool initialized;
}

/// Storage shared by the implementations behind the marketplace's one address, and the checks
/// they have in common. Each area has its own slot so that no implementation can collide.
abstract contract Layout is IMarketplaceErrors, IMarketplaceEvents {
    bytes32 internal constant PROVIDERS_SLOT = keccak256("diamond.standard.providers.storage");
    bytes32 internal constant MODELS_SLOT = keccak256("diamond.standard.models.storage");
    bytes32 internal constant BIDS_SLOT = keccak256("diamond.standard.bids.storage");
    bytes32 internal constant SESSIONS_SLOT = keccak256("diamond.standard.sessions.storage");
    bytes32 internal constant DELEGATION_SLOT = keccak256("diamond.standard.delegation.storage");
    bytes32 internal constant OWNER_SLOT = keccak256("diamond.standard.diamond.ownable.storage");

    bytes32 internal constant RULE_PROVIDER = keccak256("delegation.rules.provider");
    bytes32 internal constant RULE_MODEL = keccak256("delegation.rules.model");
    bytes32 internal constant RULE_MARKETPLACE = keccak256("delegation.rules.marketplace");
    bytes32 internal constant RULE_SESSION = keccak256("delegation.rules.session");

    modifier onlyOwner() {
        if (_owner().owner != msg.sender) revert OwnableUnauthorizedAccount(msg.sender);
        _;
    }

    function _providers() internal pure returns (ProvidersStorage storage s) {
        bytes32 slot = PROVIDERS_SLOT;
        assembly {
            s.slot := slot
        }
    }

    function _models() internal pure returns (ModelsStorage storage s) {
        bytes32 slot = MODELS_SLOT;
        assembly {
            s.slot := slot
        }
    }

    function _bids() internal pure returns (BidsStorage storage s) {
        bytes32 slot = BIDS_SLOT;
        assembly {
            s.slot := slot
        }
    }

    function _sessions() internal pure returns (SessionsStorage storage s) {
        bytes32 slot = SESSIONS_SLOT;
        assembly {
            s.slot := slot
        }
    }

    function _delegation() internal pure returns (DelegationStorage storage s) {
        bytes32 slot = DELEGATION_SLOT;
        assembly {
            s.slot := slot
        }
    }

    function _owner() internal pure returns (OwnerStorage storage s) {
        bytes32 slot = OWNER_SLOT;
        assembly {
            s.slot := slot
        }
    }

    function _initializeOnce(bool initialized, bytes32 slot) internal {
        require(!initialized, "Initializable: contract is already initialized");
        emit Initialized(slot);
    }

    function _isDelegated(
        address delegatee,
        address delegator,
        bytes32 rule
    ) internal view returns (bool) {
        return
            IDelegateRegistry(_delegation().registry).checkDelegateForContract(
                delegatee,
                delegator,
                address(this),
                rule
            );
    }

    function _requireRights(address principal, bytes32 rule) internal view {
        if (msg.sender == principal || _isDelegated(msg.sender, principal, rule)) return;
        revert InsufficientRightsForOperation(principal, msg.sender);
    }

    function _token() internal view returns (IERC20) {
        return IERC20(_bids().token);
    }

    function _isActive(Provider storage provider) internal view returns (bool) {
        return provider.createdAt != 0 && !provider.isDeleted;
    }

    function _isActive(Model storage model) internal view returns (bool) {
        return model.createdAt != 0 && !model.isDeleted;
    }

    function _isActive(Bid storage bid) internal view returns (bool) {
        return bid.createdAt != 0 && bid.deletedAt == 0;
    }
}
