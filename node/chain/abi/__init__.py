"""The contract ABI: a strict codec, the tables of functions, events and errors, and the structs."""
