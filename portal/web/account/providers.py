"""Sign in through the identity provider of one's organisation."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.services import openid, providers
from portal.services.logins import Proof
from portal.services.openid import Client, ProviderFailed
from portal.services.providers import Provider
from portal.settings import Mode
from portal.web import current
from portal.web.account import devices, logins, onward
from portal.web.account.blueprint import bp

#: Where the browser that was sent off keeps its half of the state: another browser cannot end what this one began.
KEPT = "provider_state"


@bp.get("/provider")
def choose_provider() -> ResponseReturnValue:
    return render_template("account/provider_code.html", error="", typed="")


@bp.post("/provider")
def find_provider() -> ResponseReturnValue:
    typed = request.form.get("code", "").strip()
    try:
        found = providers.find_provider(current.session(), current.sealer(), UUID(typed))
    except (LookupError, ValueError):
        error = _("No organisation has this code. Ask those who manage your organisation for it.")
        return render_template("account/provider_code.html", error=error, typed=typed), 422
    return redirect(url_for(".show_provider", provider_id=found.id))


@bp.get("/provider/<uuid:provider_id>")
def show_provider(provider_id: UUID) -> ResponseReturnValue:
    return render_template("account/provider.html", provider=_provider(provider_id), address="", error="")


@bp.post("/provider/<uuid:provider_id>")
def begin_provider(provider_id: UUID) -> ResponseReturnValue:
    """Nothing is open while the provider is asked; the way there is a link, since no form may lead elsewhere."""
    provider = _provider(provider_id)
    current.release_lock()
    try:
        start = openid.begin(_client(provider))
    except ProviderFailed:
        return _failed(provider), 502
    providers.note_start(current.session(), provider.id, start, onward.wanted(), at=current.now())
    cookie[KEPT] = start.state
    return render_template("account/provider.html", provider=provider, address=start.address, error="")


@bp.get("/provider/return")
def show_provider_return() -> ResponseReturnValue:
    """The provider sends people here by a link, which may change nothing; the button on the page does."""
    sent = {name: request.args.get(name, "") for name in ("code", "state", "iss")}
    if not (request.args.get("code") and request.args.get("state")):
        flash(_("Your organisation has not signed you in. Begin again, or sign in in another way."), "error")
        return redirect(url_for(".choose_provider"))
    return render_template("account/provider_return.html", sent=sent)


@bp.post("/provider/return")
def finish_provider() -> ResponseReturnValue:
    state = request.form.get("state", "")
    kept = cookie.pop(KEPT, "")
    if not state or not secrets.compare_digest(state.encode(), str(kept).encode()):
        return _failed(None), 400
    try:
        waiting = providers.take_start(current.session(), state, at=current.now())
        provider = providers.find_provider(current.session(), current.sealer(), waiting.provider_id)
    except LookupError:
        return _failed(None), 400
    current.commit_now()
    try:
        identity = openid.finish(
            _client(provider),
            request.form.get("code", ""),
            sent_by=request.form.get("iss", ""),
            nonce=waiting.nonce,
            verifier=waiting.verifier,
            at=clock.machine(),
        )
        user_id = providers.person_of(current.session(), provider, identity, at=current.now())
    except ProviderFailed:
        return _failed(provider), 400
    except providers.Stranger:
        return render_template("account/provider_stranger.html", provider=provider), 403
    proof = Proof("provider", identity.two_factors, provider.id, devices.device_text(), identity.fresh)
    return logins.opened(user_id, proof, wanted=waiting.onward)


def _provider(provider_id: UUID) -> Provider:
    try:
        return providers.find_provider(current.session(), current.sealer(), provider_id)
    except LookupError:
        abort(404)


def _client(provider: Provider) -> Client:
    settings = current.settings()
    address = settings.address.rstrip("/") + url_for(".show_provider_return")
    return Client(
        provider.issuer,
        provider.client_id,
        provider.secret,
        address,
        timedelta(minutes=settings.proof_minutes),
        allow_local=settings.mode is Mode.DEMONSTRATION,
    )


def _failed(provider: Provider | None) -> str:
    error = _("Signing in through your organisation did not work. Begin again, or tell those who manage it.")
    if provider is None:
        return render_template("account/provider_code.html", error=error, typed="")
    return render_template("account/provider.html", provider=provider, address="", error=error)
