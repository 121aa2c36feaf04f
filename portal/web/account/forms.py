"""Forms of the account pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.web.new_passwords import HINT


class SignInForm(FlaskForm):
    email = StringField(_l("E-mail address"), [InputRequired(_l("Enter your e-mail address")), Length(max=320)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password")), Length(max=2000)])


class ChangePasswordForm(FlaskForm):
    current = PasswordField(_l("Password you use now"), [InputRequired(_l("Enter the password you use now"))])
    new = PasswordField(_l("New password"), [InputRequired(_l("Enter a new password"))], description=HINT)


class ForgottenForm(FlaskForm):
    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Enter your e-mail address")), Length(max=320)],
        description=_l("The address you sign in with."),
    )


class ResetForm(FlaskForm):
    new = PasswordField(_l("New password"), [InputRequired(_l("Enter a new password"))], description=HINT)
