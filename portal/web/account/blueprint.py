"""The account area: sign in, sign out, choose for whom to work."""

from flask import Blueprint

bp = Blueprint("account", __name__, url_prefix="/account")
