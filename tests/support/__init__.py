"""Parts that several test areas share."""
