"""The API: JSON for programs, read without an account; what fails is told as a problem document (portal.web.errors)."""

from flask import Blueprint

bp = Blueprint("api", __name__, url_prefix="/api/v1")
