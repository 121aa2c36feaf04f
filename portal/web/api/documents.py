"""What the API answers with: one class per document, from which its description is made."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Document(BaseModel):
    """Closed: a key that is not described here is never sent."""

    model_config = ConfigDict(extra="forbid")


class VersionEntry(Document):
    reference: str = Field(description='Slug and version, such as "hrdd-short@2026.1".')
    slug: str
    version: str
    id: str = Field(description="First part of the ids of its questions.")
    title: str
    short_title: str
    kind: str = Field(description="core, recruitment or sector.")
    status: Literal["published", "draft"] = Field(description="A published version never changes.")
    digest: str = Field(description='"sha256:" and the hash of the meaning of the version.')
    questions: int
    newest: bool = Field(description="Whether this is the version that companies are offered.")
    url: str = Field(description="Where the whole definition stands, below the address of the portal.")


class ProfileEntry(Document):
    reference: str
    slug: str
    version: str
    title: str
    digest: str
    url: str


class VersionList(Document):
    format: Literal["questionnaires/1"]
    questionnaires: list[VersionEntry]
    profiles: list[ProfileEntry]


class ReferenceEntry(Document):
    code: str
    scheme: str = Field(description="The instrument that the article belongs to.")
    title: str = Field(description="Short words of our own, not the text of the instrument.")
    topic: str
    url: str = Field(description="Where to read it; may be empty.")
    verified: bool = Field(description="False: nobody has yet compared the number with the instrument.")
    cited_by: list[str] = Field(description="Ids of the questions of the newest versions that cite it.")


class ReferenceList(Document):
    format: Literal["references/1"]
    references: list[ReferenceEntry]


class QuestionEntry(BaseModel):
    """A question. Besides what is named here it has what its type needs: levels, options, columns, limits and a rule,
    from which the level of every answer follows."""

    model_config = ConfigDict(extra="allow")

    id: str
    type: Literal["maturity", "incident", "yesno", "choice", "multi", "number", "table"]
    ask: str
    why: str
    weight: int
    flag: Literal["critical", "red_flag"] | None
    stage: Literal["commit", "identify", "act", "track", "communicate", "remedy"]
    applies: str = Field(description="Name of a rule of the profile.")
    expression: str = Field(description="The same rule as an XLSForm expression over the fields of the profile.")
    evidence: str
    evidence_exempt: bool
    references: list[str]
    remedial: str
    same_as: list[str] = Field(description="Ids of questions in other questionnaires that ask the same.")


class SectionEntry(Document):
    id: str
    title: str
    weight: int
    slug: str
    basis: list[str]
    questions: list[QuestionEntry]


class QuestionnaireDefinition(Document):
    format: Literal["questionnaire/1"]
    reference: str
    id: str
    title: str
    short_title: str
    version: str
    digest: str
    status: Literal["published", "draft"]
    kind: str
    purpose: str
    who: str
    profile: str = Field(description="The version of the profile whose rules decide which questions apply.")
    applies: str
    weakest_stage_cap: bool
    sections: list[SectionEntry]


class Titled(Document):
    id: str
    title: str


class RuleEntry(Document):
    name: str
    label: str
    expression: str


class ProfileDefinition(Document):
    format: Literal["profile/1"]
    reference: str
    title: str
    version: str
    digest: str
    groups: list[Titled]
    fields: list[dict[str, Any]]
    rules: list[RuleEntry]
    questionnaires: list[dict[str, Any]] = Field(description="Which questionnaires there are, and for whom.")


class Problem(Document):
    """RFC 9457: what went wrong."""

    title: str
    status: int
    detail: str
    reference: str = Field(description="To be quoted when asking for help.")
