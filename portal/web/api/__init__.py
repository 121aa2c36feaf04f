"""The library as data, for programs."""

from portal.web.api import library, openapi
from portal.web.api.blueprint import bp

__all__ = ["bp", "library", "openapi"]
