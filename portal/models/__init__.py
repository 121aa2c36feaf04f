"""What is stored: one module per noun."""

from portal.models.access import Alert, SharedRead
from portal.models.action import ActionFile, ActionStatus, CorrectiveAction, CostBand
from portal.models.assessment import AnswerRow, Assessment, CompanyProfile
from portal.models.audit import AuditCheckpoint, AuditContent, AuditEvent
from portal.models.evidence import Evidence, ScanState, Upload
from portal.models.export import DataExport
from portal.models.job import Job, JobState, ReportFile
from portal.models.mail import MailState, OutboxMail
from portal.models.organisation import (
    Approval,
    Invitation,
    Membership,
    Merger,
    Organisation,
    OrganisationKind,
    Role,
    ServedCountry,
)
from portal.models.release import Release
from portal.models.review import Declaration, Review, ReviewState
from portal.models.submission import Share, Submission
from portal.models.user import (
    Authenticator,
    AuthenticatorKind,
    Ceremony,
    FederatedIdentity,
    IdentityProvider,
    KnownDevice,
    LinkToken,
    Login,
    RecoveryCode,
    SignInThrottle,
    User,
)
from portal.models.workbook import PendingWorkbook
from portal.models.workspace import (
    AnswerVersion,
    Assignment,
    Bookmark,
    Comment,
    Mention,
    Presence,
    Reminder,
    SectionDone,
    WorkerStatement,
)

__all__ = [
    "ActionFile",
    "ActionStatus",
    "Alert",
    "AnswerRow",
    "AnswerVersion",
    "Approval",
    "Assessment",
    "Assignment",
    "AuditCheckpoint",
    "AuditContent",
    "AuditEvent",
    "Authenticator",
    "AuthenticatorKind",
    "Bookmark",
    "Ceremony",
    "Comment",
    "CompanyProfile",
    "CorrectiveAction",
    "CostBand",
    "DataExport",
    "Declaration",
    "Evidence",
    "FederatedIdentity",
    "IdentityProvider",
    "Invitation",
    "Job",
    "JobState",
    "KnownDevice",
    "LinkToken",
    "Login",
    "MailState",
    "Membership",
    "Mention",
    "Merger",
    "Organisation",
    "OrganisationKind",
    "OutboxMail",
    "PendingWorkbook",
    "Presence",
    "RecoveryCode",
    "Release",
    "Reminder",
    "ReportFile",
    "Review",
    "ReviewState",
    "Role",
    "ScanState",
    "SectionDone",
    "ServedCountry",
    "Share",
    "SharedRead",
    "SignInThrottle",
    "Submission",
    "Upload",
    "User",
    "WorkerStatement",
]
