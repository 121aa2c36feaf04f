"""The floor for `bench.report`: WeasyPrint as anyone would call it, untagged, in the same kind of process."""

from __future__ import annotations

import os
import sys
import time

import weasyprint

from portal.reports.renderer.frames import read_frame, write_frame


def main() -> None:
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    write_frame(replies, {"ready": True})
    while (request := read_frame(sys.stdin.buffer)) is not None:
        html, sheet, *_ = request[1]
        began = time.perf_counter()
        document = weasyprint.HTML(string=html.decode())
        pdf = document.write_pdf(stylesheets=[weasyprint.CSS(string=sheet.decode())])
        write_frame(replies, {"seconds": time.perf_counter() - began, "notices": []}, pdf)


if __name__ == "__main__":
    main()
