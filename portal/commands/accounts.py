"""`flask accounts`: organisations and people, for operators: whoever cannot register or be invited."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from portal import db
from portal.clock import clock
from portal.models import Membership, Organisation, OrganisationKind, Role, User
from portal.services import factor_resets, passwords
from portal.services.memberships import Refused, add_organisation, add_person

accounts = AppGroup("accounts", help="Add organisations and people.")


@accounts.command("list")
@with_appcontext
def list_accounts() -> None:
    """List organisations with the people in them."""
    people = (
        select(Organisation.kind, Organisation.name, Membership.role, User.email)
        .outerjoin(Membership, Membership.organisation_id == Organisation.id)
        .outerjoin(User, User.id == Membership.user_id)
        .order_by(Organisation.kind, Organisation.name, User.email)
    )
    with db.reading(current_app.extensions["portal"].engine) as session:
        for kind, name, role, email in session.execute(people):
            click.echo(f"{kind}  {name}  {f'{role} {email}' if email else '(nobody)'}")


@accounts.command("add-organisation")
@click.argument("name")
@click.option("--kind", type=click.Choice([str(kind) for kind in OrganisationKind]), required=True)
@click.option(
    "--country",
    "countries",
    required=True,
    multiple=True,
    help="Two letters, such as TH; of a government once for each country it answers for.",
)
@click.option("--registration-number", default="", help="As on the company register.")
@with_appcontext
def add_organisation_command(name: str, kind: str, countries: tuple[str, ...], registration_number: str) -> None:
    """Add a company, government or administration called NAME."""
    with db.writing(current_app.extensions["portal"].engine) as session, session.begin():
        try:
            add_organisation(
                session,
                name,
                OrganisationKind(kind),
                countries=countries,
                registration_number=registration_number,
                at=clock.now(),
            )
        except Refused as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(f"{name} is added. Next: flask accounts add-person")


@accounts.command("add-person")
@click.argument("email")
@click.option("--organisation", "organisation_name", required=True, help="The organisation's name.")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--name", default="", help="The person's full name, for a new account.")
@click.password_option(help="For a new account; asked for if not given.")
@with_appcontext
def add_person_command(email: str, organisation_name: str, role: str, name: str, password: str) -> None:
    """Give the person with the address EMAIL a role in an organisation."""
    with db.writing(current_app.extensions["portal"].engine) as session, session.begin():
        organisation = session.scalar(select(Organisation).where(Organisation.name == organisation_name))
        if organisation is None:
            raise click.ClickException(f"there is no organisation called {organisation_name}")
        try:
            now = clock.now()
            add_person(session, organisation, Role(role), email=email, name=name, password=password, at=now)
        except Refused as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(f"{email} is {role} of {organisation_name}.")


@accounts.command("reset-factors")
@click.argument("email")
@click.confirmation_option(prompt="Have you made sure, other than by mail, that this is the person?")
@with_appcontext
def reset_factors_command(email: str) -> None:
    """Remove the second factors of the person with the address EMAIL, where nobody is left to approve it."""
    with db.writing(current_app.extensions["portal"].engine) as session, session.begin():
        try:
            factor_resets.reset_by_operator(session, passwords.fold(email), at=clock.now())
        except LookupError:
            raise click.ClickException(f"nobody has the address {email}") from None
        except factor_resets.NothingToReset:
            raise click.ClickException(f"{email} has no second factor") from None
    click.echo(f"{email} signs in with the password and adds a new second factor.")
