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
        began, used = time.perf_counter(), time.process_time()
        document = weasyprint.HTML(string=html.decode())
        pdf = document.write_pdf(stylesheets=[weasyprint.CSS(string=sheet.decode())])
        spent = {"seconds": time.perf_counter() - began, "processor": time.process_time() - used}
        write_frame(replies, {**spent, "notices": []}, pdf)


if __name__ == "__main__":
    main()
