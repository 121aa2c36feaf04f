"""Who may see what, said once more and apart from the portal: the tests compare its answers with this."""

from __future__ import annotations

from dataclasses import dataclass

from portal.models import Role

#: Roles of company A that see all of it; a contributor sees the sections given to them.
A_STAFF = ("owner of A", "editor of A", "signatory of A", "expired proof")
#: Those who see the section given to them; what the workers say only one of them.
A_PARTLY = ("contributor of A", "representative of A")
X, Y, R = ("reviewer of X", "supervisor of X"), ("reviewer of Y", "supervisor of Y"), ("supervisor of R",)

#: Compartment -> who may meet its words. A compartment is what is seen together or not at all: what a company wrote
#: in one assessment, an organisation's name, its people. Country T is served by X and R, country D by Y and R.
SEEN_BY: dict[str, tuple[str, ...]] = {
    # Names of companies: their own people, who verifies them, and who reads a submission of theirs.
    "aname": (*A_STAFF, *A_PARTLY, "half signed in", *X, *Y, *R, "administrator"),
    "bname": ("owner of B", *Y, *R, "administrator"),
    "cname": (*A_STAFF, *A_PARTLY, "administrator"),
    # Governments are public; a company chooses among them.
    "xname": (
        *A_STAFF,
        *A_PARTLY,
        "half signed in",
        "owner of B",
        *X,
        *Y,
        *R,
        "no second factor",
        "administrator",
    ),
    "yname": (*A_STAFF, *A_PARTLY, "half signed in", "owner of B", *X, *Y, *R, "administrator"),
    "rname": (*A_STAFF, *A_PARTLY, "half signed in", "owner of B", *X, *Y, *R, "administrator"),
    "zname": ("administrator", "methodology editor"),
    # People: their colleagues, and those who help them back in when a factor is lost.
    "apeople": (*A_STAFF, *A_PARTLY, "half signed in", "administrator"),
    "bpeople": ("owner of B", "administrator"),
    "cpeople": (*A_STAFF, "administrator"),
    "xpeople": (*X, "no second factor", "administrator"),
    "ypeople": (*Y, "administrator"),
    "rpeople": (*R, "administrator"),
    "zpeople": ("administrator", "methodology editor"),
    "npeople": ("no organisation",),
    # What a company says of itself goes along with every submission.
    "aprofile": (*A_STAFF, *X, *Y),
    "bprofile": ("owner of B", *Y),
    "cprofile": A_STAFF,
    # Assessments, each with its answers, files, submission and review.
    "draftgiven": (*A_STAFF, *A_PARTLY),
    "draftclosed": A_STAFF,
    "draftofb": ("owner of B",),
    "unshared": A_STAFF,
    "sharedwithx": (*A_STAFF, *X),
    "sharedwithy": (*A_STAFF, *Y),
    "revoked": A_STAFF,
    "expired": A_STAFF,
    "swept": A_STAFF,
    "unsharedofb": ("owner of B",),
    "bsharedwithy": ("owner of B", *Y),
    # What colleagues say to each other goes along with nothing: not with a share, not to who is given another part.
    "atalk": A_STAFF,
    "btalk": ("owner of B",),
    "ctalk": A_STAFF,
    # What the representatives of the workers say is read by whoever sees all, and by themselves.
    "aworkers": (*A_STAFF, "representative of A"),
    "absorbed": A_STAFF,
}
#: Rows without words, such as the list of a government's officials' looks.
PRINCIPALS = (
    "stranger",
    "half signed in",
    "no organisation",
    *A_STAFF[:3],
    *A_PARTLY,
    "owner of B",
    *X,
    *Y,
    *R,
    "administrator",
    "methodology editor",
    "expired proof",
    "no second factor",
)
ROLES: dict[str, Role | None] = {
    "stranger": None,
    "half signed in": Role.OWNER,
    "no organisation": None,
    "owner of A": Role.OWNER,
    "editor of A": Role.EDITOR,
    "signatory of A": Role.SIGNATORY,
    "contributor of A": Role.CONTRIBUTOR,
    "representative of A": Role.WORKER_REPRESENTATIVE,
    "owner of B": Role.OWNER,
    "reviewer of X": Role.REVIEWER,
    "supervisor of X": Role.SUPERVISOR,
    "reviewer of Y": Role.REVIEWER,
    "supervisor of Y": Role.SUPERVISOR,
    "supervisor of R": Role.SUPERVISOR,
    "administrator": Role.ADMINISTRATOR,
    "methodology editor": Role.METHODOLOGY_EDITOR,
    "expired proof": Role.SIGNATORY,
    "no second factor": Role.REVIEWER,
}

#: The areas, and the roles that have any business there.
AREAS: dict[str, frozenset[Role]] = {
    "company": frozenset({Role.OWNER, Role.EDITOR, Role.CONTRIBUTOR, Role.WORKER_REPRESENTATIVE, Role.SIGNATORY}),
    "government": frozenset({Role.REVIEWER, Role.SUPERVISOR}),
    "admin": frozenset({Role.ADMINISTRATOR, Role.METHODOLOGY_EDITOR}),
}
#: What binds a company is for those who may bind it.
BINDING = ("company.sign_assessment", "company.share_submission", "company.revoke_share")


@dataclass(frozen=True)
class Expected:
    """How a request that does not get through is answered: by status, for pages and for forms."""

    page: int
    form: int

    def of(self, method: str) -> int:
        return self.page if method in ("GET", "HEAD") else self.form


SIGN_IN, STEP, FORBIDDEN, PROVE = Expected(302, 401), Expected(302, 403), Expected(403, 403), Expected(302, 401)


def refusal(who: str, groups: frozenset[str] | None, *, fresh: bool) -> Expected | None:
    """How `who` is refused at an endpoint of these groups, whatever the row; None when let in."""
    if groups is None:
        return FORBIDDEN
    if groups == {"anyone"}:
        return None
    if who == "stranger":
        return SIGN_IN
    if groups == {"half"}:
        return None
    if who == "half signed in":
        return STEP
    if groups != {"signed_in"}:
        role = ROLES[who]
        if role is None:
            return STEP
        if role not in groups:
            return FORBIDDEN
        if who == "no second factor":
            return STEP
    return PROVE if fresh and who == "expired proof" else None


def sees(who: str, compartment: str) -> bool:
    return who in SEEN_BY[compartment]
