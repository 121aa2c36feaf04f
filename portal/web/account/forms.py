"""Forms of the account pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):
    email = StringField(_l("E-mail address"), [InputRequired(_l("Enter your e-mail address")), Length(max=320)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password")), Length(max=2000)])
