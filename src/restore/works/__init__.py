"""The works that texts quote: fingerprints of their words, and what is found by them."""
