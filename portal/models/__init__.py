"""What is stored: one module per noun."""

from portal.models.assessment import AnswerRow, Assessment, CompanyProfile
from portal.models.audit import AuditEvent
from portal.models.evidence import Evidence
from portal.models.job import Job, JobState, ReportFile
from portal.models.organisation import Membership, Organisation, OrganisationKind, Role
from portal.models.release import Release
from portal.models.review import Review, ReviewState
from portal.models.submission import Share, Submission
from portal.models.user import Login, SignInThrottle, User
from portal.models.workbook import PendingWorkbook

__all__ = [
    "AnswerRow",
    "Assessment",
    "AuditEvent",
    "CompanyProfile",
    "Evidence",
    "Job",
    "JobState",
    "Login",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "PendingWorkbook",
    "Release",
    "ReportFile",
    "Review",
    "ReviewState",
    "Role",
    "Share",
    "SignInThrottle",
    "Submission",
    "User",
]
