"""Router core of Morpheus Desktop: wallet, chain, wire protocol, local models and the HTTP API. Knows no Qt."""

__version__ = "0.1.0"
