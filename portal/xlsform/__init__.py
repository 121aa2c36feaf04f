"""Interoperation with ODK and Kobo."""
