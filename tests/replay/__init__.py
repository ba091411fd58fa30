"""The recorded run of two public nodes, played again with two of ours."""
