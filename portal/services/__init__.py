"""Verbs: what people do with the stored things. A Session first, never a commit, never Flask."""
