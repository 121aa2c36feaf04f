"""The portal's flask commands."""

from __future__ import annotations

from flask import Flask

from portal.commands import accounts, audit, demo, doctor, questionnaires, releases, report, score, verify


def init_app(app: Flask) -> None:
    for command in (
        questionnaires.questionnaires,
        score.score,
        report.report,
        verify.verify,
        releases.releases,
        accounts.accounts,
        audit.audit,
        demo.demo,
        doctor.doctor,
    ):
        app.cli.add_command(command)
