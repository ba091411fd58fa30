// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

/// Who may act for whom: the part of the delegate.xyz registry (v2) that the marketplace asks.
/// Rights of zero stand for all rights, a delegation for all contracts covers each of them.
contract DelegateRegistry {
    mapping(bytes32 => bool) private _granted;

    event DelegateAll(address indexed from, address indexed to, bytes32 rights, bool enable);
    event DelegateContract(
        address indexed from,
        address indexed to,
        address indexed contract_,
        bytes32 rights,
        bool enable
    );

    function delegateAll(
        address to,
        bytes32 rights,
        bool enable
    ) external payable returns (bytes32 hash) {
        hash = _allHash(msg.sender, to, rights);
        _granted[hash] = enable;
        emit DelegateAll(msg.sender, to, rights, enable);
    }

    function delegateContract(
        address to,
        address contract_,
        bytes32 rights,
        bool enable
    ) external payable returns (bytes32 hash) {
        hash = _contractHash(msg.sender, to, rights, contract_);
        _granted[hash] = enable;
        emit DelegateContract(msg.sender, to, contract_, rights, enable);
    }

    function checkDelegateForAll(
        address to,
        address from,
        bytes32 rights
    ) public view returns (bool) {
        return _granted[_allHash(from, to, 0)] || _granted[_allHash(from, to, rights)];
    }

    function checkDelegateForContract(
        address to,
        address from,
        address contract_,
        bytes32 rights
    ) external view returns (bool) {
        return
            checkDelegateForAll(to, from, rights) ||
            _granted[_contractHash(from, to, 0, contract_)] ||
            _granted[_contractHash(from, to, rights, contract_)];
    }

    function _allHash(address from, address to, bytes32 rights) private pure returns (bytes32) {
        return bytes32((uint256(keccak256(abi.encodePacked(rights, from, to))) << 8) | 1);
    }

    function _contractHash(
        address from,
        address to,
        bytes32 rights,
        address contract_
    ) private pure returns (bytes32) {
        return
            bytes32((uint256(keccak256(abi.encodePacked(rights, from, to, contract_))) << 8) | 2);
    }
}
