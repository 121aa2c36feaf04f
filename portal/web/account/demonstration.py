"""In the demonstration, and only there: into every sample account with one click."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from portal.models import OrganisationKind
from portal.services import samples
from portal.services.logins import Proof
from portal.services.samples import Sample
from portal.settings import Mode
from portal.web import current
from portal.web.account import devices, logins
from portal.web.account.blueprint import bp
from portal.web.roles import role_name


@bp.get("/demonstration")
def show_demonstration() -> ResponseReturnValue:
    _only_in_a_demonstration()
    found = samples.samples(current.session())
    return render_template("account/demonstration.html", groups=_groups(found), role_name=role_name)


@bp.post("/demonstration")
def enter_demonstration() -> ResponseReturnValue:
    """Sign in without password and factor: a sample account has nothing to protect."""
    _only_in_a_demonstration()
    try:
        sample = samples.find_sample(current.session(), UUID(request.form.get("membership", "")))
    except (LookupError, ValueError):
        abort(404)
    proof = Proof(method="demonstration", two_factors=True, device=devices.device_text())
    return logins.opened(sample.user_id, proof, membership_id=sample.membership_id)


def _groups(found: list[Sample]) -> dict[str, list[Sample]]:
    """The few people who show something, by where they work, and the owners of the many small companies."""
    groups = {str(kind): [one for one in found if one.kind is kind and not one.is_alone] for kind in OrganisationKind}
    return groups | {"alone": [one for one in found if one.is_alone]}


def _only_in_a_demonstration() -> None:
    if current.settings().mode is not Mode.DEMONSTRATION:
        abort(404)
