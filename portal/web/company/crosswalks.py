"""Drafts for reports by other frameworks, from what a company submitted here."""
