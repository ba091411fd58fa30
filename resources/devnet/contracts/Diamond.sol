// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

/// The marketplace's one address: sends each call to the implementation registered for its
/// selector. The owner decides about that table; reading it follows EIP-2535.
contract Diamond {
    enum FacetAction {
        Add,
        Replace,
        Remove
    }

    struct Facet {
        address facetAddress;
        FacetAction action;
        bytes4[] functionSelectors;
    }

    struct FacetInfo {
        address facetAddress;
        bytes4[] functionSelectors;
    }

    struct TableStorage {
        mapping(bytes4 => address) implementation;
        mapping(address => bytes4[]) selectors;
        address[] implementations;
    }

    struct OwnerStorage {
        address owner;
        bool initialized;
    }

    error OwnableUnauthorizedAccount(address account_);

    event DiamondCut(Facet[] facets, address initFacet, bytes initData);
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);
    event Initialized(bytes32 storageSlot);

    bytes32 public constant DIAMOND_STORAGE_SLOT = keccak256("diamond.standard.diamond.storage");
    bytes32 public constant DIAMOND_OWNABLE_STORAGE_SLOT =
        keccak256("diamond.standard.diamond.ownable.storage");

    modifier onlyOwner() {
        if (_ownership().owner != msg.sender) revert OwnableUnauthorizedAccount(msg.sender);
        _;
    }

    fallback() external {
        address target = _table().implementation[msg.sig];
        require(target != address(0), "Diamond: selector is not registered");
        assembly {
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), target, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch ok
            case 0 {
                revert(0, returndatasize())
            }
            default {
                return(0, returndatasize())
            }
        }
    }

    /// Whoever calls first owns the marketplace: part of the deployment.
    function __LumerinDiamond_init() external {
        OwnerStorage storage s = _ownership();
        require(!s.initialized, "Initializable: contract is already initialized");
        s.initialized = true;
        emit Initialized(DIAMOND_OWNABLE_STORAGE_SLOT);
        _transferOwnership(msg.sender);
    }

    function owner() external view returns (address) {
        return _ownership().owner;
    }

    function transferOwnership(address newOwner_) external onlyOwner {
        _transferOwnership(newOwner_);
    }

    function renounceOwnership() external onlyOwner {
        _transferOwnership(address(0));
    }

    function diamondCut(Facet[] calldata facets_) external onlyOwner {
        _cut(facets_, address(0), "");
    }

    function diamondCut(
        Facet[] calldata facets_,
        address init_,
        bytes calldata initData_
    ) external onlyOwner {
        _cut(facets_, init_, initData_);
    }

    function facets() external view returns (FacetInfo[] memory facets_) {
        TableStorage storage s = _table();
        facets_ = new FacetInfo[](s.implementations.length);
        for (uint256 i = 0; i < facets_.length; ++i) {
            address target = s.implementations[i];
            facets_[i] = FacetInfo(target, s.selectors[target]);
        }
    }

    function facetAddresses() external view returns (address[] memory facets_) {
        return _table().implementations;
    }

    function facetFunctionSelectors(
        address facet_
    ) external view returns (bytes4[] memory selectors_) {
        return _table().selectors[facet_];
    }

    function facetAddress(bytes4 selector_) external view returns (address facet_) {
        return _table().implementation[selector_];
    }

    function _cut(Facet[] calldata facets_, address init_, bytes memory initData_) private {
        for (uint256 i = 0; i < facets_.length; ++i) {
            Facet calldata facet = facets_[i];
            for (uint256 j = 0; j < facet.functionSelectors.length; ++j) {
                bytes4 selector = facet.functionSelectors[j];
                if (facet.action != FacetAction.Add) _unregister(selector);
                if (facet.action != FacetAction.Remove) _register(selector, facet.facetAddress);
            }
        }
        emit DiamondCut(facets_, init_, initData_);
        if (init_ == address(0)) return;
        (bool ok, bytes memory answer) = init_.delegatecall(initData_);
        if (ok) return;
        assembly {
            revert(add(answer, 0x20), mload(answer))
        }
    }

    function _register(bytes4 selector, address target) private {
        TableStorage storage s = _table();
        require(target.code.length > 0, "Diamond: facet is not a contract");
        require(s.implementation[selector] == address(0), "Diamond: selector is registered");
        s.implementation[selector] = target;
        if (s.selectors[target].length == 0) s.implementations.push(target);
        s.selectors[target].push(selector);
    }

    function _unregister(bytes4 selector) private {
        TableStorage storage s = _table();
        address target = s.implementation[selector];
        require(target != address(0), "Diamond: selector is not registered");
        delete s.implementation[selector];
        bytes4[] storage selectors = s.selectors[target];
        for (uint256 i = 0; i < selectors.length; ++i) {
            if (selectors[i] != selector) continue;
            selectors[i] = selectors[selectors.length - 1];
            selectors.pop();
            break;
        }
        if (selectors.length > 0) return;
        for (uint256 i = 0; i < s.implementations.length; ++i) {
            if (s.implementations[i] != target) continue;
            s.implementations[i] = s.implementations[s.implementations.length - 1];
            s.implementations.pop();
            break;
        }
    }

    function _transferOwnership(address to) private {
        OwnerStorage storage s = _ownership();
        emit OwnershipTransferred(s.owner, to);
        s.owner = to;
    }

    function _table() private pure returns (TableStorage storage s) {
        bytes32 slot = DIAMOND_STORAGE_SLOT;
        assembly {
            s.slot := slot
        }
    }

    function _ownership() private pure returns (OwnerStorage storage s) {
        bytes32 slot = DIAMOND_OWNABLE_STORAGE_SLOT;
        assembly {
            s.slot := slot
        }
    }
}
