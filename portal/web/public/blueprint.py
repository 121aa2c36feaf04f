"""The public area: everything here may be read without an account."""

from flask import Blueprint

bp = Blueprint("public", __name__)
