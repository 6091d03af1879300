"""The proof: old texts, new texts and the mapping, read afresh. It trusts nothing that the rewriter says."""
