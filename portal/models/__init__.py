"""What is stored: one module per noun."""

from portal.models.access import Alert, SharedRead
from portal.models.assessment import AnswerRow, Assessment, CompanyProfile
from portal.models.audit import AuditCheckpoint, AuditContent, AuditEvent
from portal.models.evidence import Evidence
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
    SectionGrant,
    ServedCountry,
)
from portal.models.release import Release
from portal.models.review import Review, ReviewState
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

__all__ = [
    "Alert",
    "AnswerRow",
    "Approval",
    "Assessment",
    "AuditCheckpoint",
    "AuditContent",
    "AuditEvent",
    "Authenticator",
    "AuthenticatorKind",
    "Ceremony",
    "CompanyProfile",
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
    "Merger",
    "Organisation",
    "OrganisationKind",
    "OutboxMail",
    "PendingWorkbook",
    "RecoveryCode",
    "Release",
    "ReportFile",
    "Review",
    "ReviewState",
    "Role",
    "SectionGrant",
    "ServedCountry",
    "Share",
    "SharedRead",
    "SignInThrottle",
    "Submission",
    "User",
]
