"""Router core of Morpheus Desktop: wallet, chain, wire, local models, HTTP API. Knows no Qt."""

__version__ = "0.1.0"
