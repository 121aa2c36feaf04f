"""Verification: whether a submission or a report is what it claims to be."""

from portal.services.verification.checks import Check, Unverifiable, Verdict, Verification, verify_content

__all__ = ["Check", "Unverifiable", "Verdict", "Verification", "verify_content"]
