"""The window of Morpheus Desktop: Qt only, no knowledge of chain or protocol."""
