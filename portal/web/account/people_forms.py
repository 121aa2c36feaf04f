"""Forms for registering a company and for inviting people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from portal.domain.lookalikes import number_key
from portal.web.countries import country_code
from portal.web.new_passwords import HINT
from portal.web.typed import Mistyped, one_line

#: Longest address of a mail box (RFC 5321).
LONGEST_ADDRESS = 254


def line(longest: int = 200) -> Callable[[Any, Field], None]:
    """Keep what was typed as one clean line, or say what is wrong with it."""

    def check(_form: Any, field: Field) -> None:
        try:
            field.data = one_line(field.data or "", longest=longest)
        except Mistyped as error:
            raise ValidationError(str(error)) from None

    return check


def address(_form: Any, field: Field) -> None:
    """One mail box: something, an at sign, a host with a dot or none; the mail itself shows whether it exists."""
    typed = (field.data or "").strip()
    local, at, host = typed.rpartition("@")
    plain = typed.isprintable() and not any(sign.isspace() or sign in '<>(),;:"\\' for sign in typed)
    if not (at and local and host and plain and "@" not in local and len(typed) <= LONGEST_ADDRESS):
        raise ValidationError(_l("Enter an e-mail address, such as name@company.com"))
    field.data = typed


def country(_form: Any, field: Field) -> None:
    try:
        field.data = country_code(field.data or "")
    except Mistyped as error:
        raise ValidationError(str(error)) from None
    if not field.data:
        raise ValidationError(_l("Choose a country."))


def number(_form: Any, field: Field) -> None:
    if not number_key(field.data or ""):
        raise ValidationError(_l("Enter the registration number."))


class CompanyForm(FlaskForm):
    name = StringField(_l("Name of the company"), [InputRequired(_l("Enter the name of the company.")), line()])
    local_name = StringField(
        _l("Name in its own script"), [Optional(), line()], description=_l("If it is written in another script too.")
    )
    country = SelectField(_l("Country of registration"), [country], validate_choice=False)
    registration_number = StringField(
        _l("Registration number"),
        [InputRequired(_l("Enter the registration number.")), line(60), number],
        description=_l("As in the company register. A government of the country looks it up."),
    )


class RegistrationForm(CompanyForm):
    person = StringField(_l("Your name"), [InputRequired(_l("Enter your name")), line()])
    email = StringField(_l("Your e-mail address"), [InputRequired(_l("Enter your e-mail address")), address])


class ConfirmForm(FlaskForm):
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter a password"))], description=HINT)


class AcceptForm(FlaskForm):
    name = StringField(_l("Your name"), [InputRequired(_l("Enter your name")), line()])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter a password"))], description=HINT)


class InviteForm(FlaskForm):
    email = StringField(_l("E-mail address"), [InputRequired(_l("Enter an e-mail address")), address])
    role = SelectField(_l("Role"), [InputRequired(_l("Choose a role"))])
