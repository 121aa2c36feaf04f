"""Prove once more who one is, before what binds an organisation or opens an account."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.web.account import onward
from portal.web.account.blueprint import bp


@bp.route("/prove", methods=["GET", "POST"])
def prove() -> ResponseReturnValue:
    if request.method == "POST":
        return redirect(onward.next_page())
    return render_template("account/prove.html")
