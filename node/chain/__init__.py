"""The marketplace contracts over JSON-RPC: reads, calldata, transactions, events, error words."""
