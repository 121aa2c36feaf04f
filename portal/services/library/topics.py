"""What a question is about, told by the articles it cites: so a new question finds its topic without being sorted."""

from __future__ import annotations

from collections.abc import Collection, Mapping

#: Topic -> beginnings of the codes that make a question belong to it; a final "." or "-" is part of the code.
TOPICS: Mapping[str, tuple[str, ...]] = {
    "commitment": ("UNGP-15", "UNGP-16", "UNGPRF-A", "OECD-1", "CHRB-A.1.1", "CHRB-A.2", "CHRB-B.1.1", "CHRB-B.1.2",
                   "GRI-2-1", "GRI-2-22", "GRI-2-23", "GRI-2-24", "LKSG-4", "CSDDD-7", "CSI-1", "JPGL-1", "ILO-GP1",
                   "DHAKA-3", "UNGP-19a", "UNGP-23"),
    "risks": ("UNGP-17", "UNGP-18", "UNGP-24", "UNGP-14", "UNGPRF-B", "UNGPRF-C3", "OECD-2", "CHRB-B.2.1", "CHRB-B.2.2",
              "CSDDD-8", "CSDDD-9", "LKSG-5", "NOTA-4", "AUMSA-16.1.c", "CSI-3", "CSI-4", "GRI-3-1"),
    "action": ("UNGP-19", "UNGPRF-C4", "OECD-3", "CHRB-B.2.3", "CSI-5", "CSDDD-10", "CSDDD-11", "LKSG-6", "LKSG-7",
               "AUMSA-16.1.d", "CAS211-11.3.b"),
    "suppliers": ("KTC-3", "KTC-4", "KTC-5", "KTC-6", "KTC-11", "GRI-414", "CHRB-D.x.2", "CHRB-D.x.3", "CHRB-B.1.6",
                  "CHRB-B.1.7", "CHRB-B.1.4.b", "ESRS-S2", "UNGP-19b", "OECD-3.2", "AUMSA-16.1.b", "CAS211-11.3.a"),
    "fees": ("ILO-GP7", "ILO-FEE", "C181-7", "DHAKA-1", "EPP", "IMPACTT", "MLC-1.4", "C188-22", "KTC-7", "MTL-2",
             "CHRB-D.x.5.b", "FLI-9", "IRIS-1"),
    "recruiters": ("ILO-GP4", "ILO-GP5", "ILO-OG", "C181", "IRIS", "MTL-1", "MTL-3", "ICRMW-66", "KTC-8", "C97",
                   "C143", "GCM-6"),
    "contracts": ("ILO-GP8", "ILO-GP9", "ILO-GP10", "DHAKA-2", "C189-7", "C189-8", "C188-16", "MLC-2.1", "ICRMW-37",
                  "GCM-3", "FLI-2", "C97-ANNEX", "C110", "DHAKA-B"),
    "documents": ("FLI-3", "FLI-4", "FLI-7", "DHAKA-4", "ILO-GP11", "ILO-GP12", "ICRMW-21", "C189-9", "CHRB-D.x.5.d",
                  "CHRB-D.x.5.f", "DHAKA-10"),
    "forced-labour": ("C29", "P29", "C105", "FLI-", "TIP", "ACTIP", "EUFLR", "GRI-409", "SDG-8.7", "SOM", "GCM-10"),
    "wages": ("C95", "C131", "FLI-8", "FLI-11", "CSI-10", "CSI-11", "DHAKA-5", "ESRS-S1-10", "SDG-8.5", "CHRB-D.x.1",
              "C188-23", "C188-24", "C188-14", "MLC-2.2", "MLC-2.3"),
    "safety": ("C155", "C187", "C167", "C184", "GRI-403", "CSI-9", "DHAKA-7", "CHRB-D.x.7", "ESRS-S1-14", "SDG-8.8",
               "C188-31", "C188-29", "MLC-4.3"),
    "housing": ("R115", "DHAKA-8", "C188-25", "MLC-3.1", "FLI-10", "ICRMW-43"),
    "equality": ("C111", "C190", "C100", "UNWG-GENDER", "ICRMW-7", "DHAKA-A", "CSI-14", "SDG-5", "ESRS-S1-9",
                 "ESRS-S1-16", "OHCHRB-B", "C181-5"),
    "unions": ("C87", "C98", "GRI-407", "GRI-2-30", "DHAKA-6", "CSI-12", "KTC-9", "ESRS-S1-8", "ICRMW-26"),
    "children": ("C138", "C182", "CRC", "GRI-408", "CHRB-D.x.4", "CAS211-11.3.e", "SDG-16.2", "C188-9"),
    "voice": ("UNGP-18b", "UNGP-20b", "UNGPRF-C2", "CSDDD-13", "ESRS-S1-2", "GRI-2-29", "CSI-6", "CHRB-B.1.8"),
    "grievance": ("UNGP-22", "UNGP-25", "UNGP-29", "UNGP-30", "UNGP-31", "UNGPRF-C6", "OECD-6", "CHRB-C.", "KTC-10",
                  "KTC-12", "DHAKA-9", "ILO-GP13", "CSDDD-12", "CSDDD-14", "LKSG-8", "LKSG-9", "CSI-7", "CSI-8",
                  "GRI-2-25", "GRI-2-26", "ARP-III", "C181-10", "CHRB-E"),
    "checking": ("UNGP-20", "UNGPRF-C5", "OECD-4", "CHRB-B.2.4", "CSDDD-15", "AUMSA-16.1.e", "CAS211-11.3.g"),
    "reporting": ("UNGP-21", "OECD-5", "CSDDD-16", "UKMSA", "CAS211-11.1", "NOTA-5", "NOTA-6", "NOTA-7", "LKSG-10",
                  "CHRB-B.2.5", "GRI-3-3", "DSA-15", "DSA-24"),
    "sea": ("SOLAS", "UNCLOS", "SAR79", "MSC167", "C188", "MLC", "IMO-", "SALV", "PSMA", "FAO-TRANSHIP", "CTA2012"),
    "land": ("UNDRIP", "RSPO-4", "THNAP-C"),
    "refugees": ("CSR51", "OHCHRB", "GCM-8", "GCM-7"),
    "platforms": ("DSA", "BTECH", "IOM-SCAM", "OHCHR-SCAM", "UNODC-TIPFC", "ILO-PEA-DIGITAL"),
}  # fmt: skip


def topics_of(codes: Collection[str]) -> frozenset[str]:
    """The topics of a question that cites these codes; none where no code says what it is about."""
    return frozenset(
        topic for topic, marks in TOPICS.items() if any(_belongs(code, mark) for code in codes for mark in marks)
    )


def _belongs(code: str, mark: str) -> bool:
    """C188-9 belongs to C188 and to C188-9, C188-91 not to C188-9, UNGP-16a to UNGP-16, GRI-2-12 to GRI-2-1."""
    if not code.startswith(mark):
        return False
    rest = code[len(mark) :]
    return mark[-1] in ".-" or not (rest[:1].isdigit() and mark[-1].isdigit()) or mark == "GRI-2-1"
