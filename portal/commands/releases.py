"""`flask releases`: prepare a release from what was submitted, look at it, publish it for good."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from portal import db
from portal.domain.disclosure.settings import DisclosureSettings
from portal.models import Release
from portal.services.releases import (
    OutdatedDraft,
    ReleaseExists,
    ReleaseIsFrozen,
    prepare_release,
    publish_release,
)

releases = AppGroup("releases", help="Prepare and publish the protected tables for the public.")


@releases.command("list")
@with_appcontext
def list_releases() -> None:
    """List drafts and published releases."""
    with db.reading(current_app.extensions["portal"].engine) as session:
        for release in session.scalars(select(Release).order_by(Release.snapshot_on)):
            state = f"published {release.published_at:%Y-%m-%d}" if release.published_at else "draft"
            click.echo(f"{release.slug}  data of {release.snapshot_on}  {state}  {release.digest}")


@releases.command("prepare")
@click.argument("slug")
@click.option("--title", required=True, help="What the public reads above the tables.")
@click.option("--snapshot", type=click.DateTime(["%Y-%m-%d"]), help="The day the data are of; today if not given.")
@with_appcontext
def prepare(slug: str, title: str, snapshot: datetime | None) -> None:
    """Build and audit the draft SLUG, such as 2026-2. Nobody sees it before it is published."""
    portal, now = current_app.extensions["portal"], datetime.now(UTC)
    with db.writing(portal.engine) as session, session.begin():
        try:
            release = prepare_release(
                session,
                portal.catalogue,
                slug=slug,
                title=title,
                snapshot_on=(snapshot or now).date(),
                secret=portal.settings.secret("release_secret"),
                at=now,
                settings=DisclosureSettings(threshold=portal.settings.release_threshold),
            )
        except ReleaseExists:
            raise click.ClickException(f"there is a release {slug} already") from None
        click.echo(release.document)
    click.echo(f"Read it above. Publish it with: flask releases publish {slug}", err=True)


@releases.command("publish")
@click.argument("slug")
@with_appcontext
def publish(slug: str) -> None:
    """Publish the draft SLUG. It can never be changed afterwards."""
    with db.writing(current_app.extensions["portal"].engine) as session, session.begin():
        release = session.scalar(select(Release).where(Release.slug == slug))
        if release is None:
            raise click.ClickException(f"there is no release {slug}")
        try:
            publish_release(session, release, by=None, at=datetime.now(UTC))
        except ReleaseIsFrozen:
            raise click.ClickException(f"release {slug} is published already") from None
        except OutdatedDraft:
            raise click.ClickException(
                f"another release was published after {slug} was prepared; prepare it again under another name"
            ) from None
    click.echo(f"Release {slug} is published at /releases/{slug}.")
