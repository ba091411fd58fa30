// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

/// A set whose order of iteration changes on removal: the last element takes the free place.
struct Set {
    bytes32[] values;
    /// Position in `values` plus one; zero for strangers.
    mapping(bytes32 => uint256) position;
}

library Paging {
    function add(Set storage set, bytes32 value) internal {
        if (set.position[value] != 0) return;
        set.values.push(value);
        set.position[value] = set.values.length;
    }

    function remove(Set storage set, bytes32 value) internal {
        uint256 position = set.position[value];
        if (position == 0) return;
        uint256 last = set.values.length;
        if (position != last) {
            bytes32 moved = set.values[last - 1];
            set.values[position - 1] = moved;
            set.position[moved] = position;
        }
        set.values.pop();
        delete set.position[value];
    }

    function isEmpty(Set storage set) internal view returns (bool) {
        return set.values.length == 0;
    }

    /// `[offset, min(offset + limit, total))` and the total; beyond the end the page is empty.
    function page(
        bytes32[] storage values,
        uint256 offset,
        uint256 limit
    ) internal view returns (bytes32[] memory items, uint256 total) {
        total = values.length;
        uint256 end = offset + limit;
        if (end > total) end = total;
        if (offset >= end) return (items, total);
        items = new bytes32[](end - offset);
        for (uint256 i = 0; i < items.length; ++i) items[i] = values[offset + i];
    }
}
