"""The demo network: a real EVM in this process with our own contracts, and its JSON-RPC front.

Heavy to import (py-evm); importers do so when the demo starts, never before the window is shown.
"""
