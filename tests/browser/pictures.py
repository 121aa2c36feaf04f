"""Save a picture of every page, to be looked at: python -m tests.browser.pictures OUT_DIR [PART_OF_PATH]."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from tests.browser import chromium, serving
from tests.browser.pages import PEOPLE, addresses, sign_in
from tests.browser.test_pages import DIRECTIONS, WIDTHS


def main(out: Path, part: str = "") -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving.served(Path(folder)) as site, chromium.opened() as browser:
        known = [address for address in addresses(site) if part in address.path]
        for direction, language in DIRECTIONS.items():
            for who in PEOPLE:
                page = browser.new_context(locale=language).new_page()
                sign_in(page, site, who)
                for address in (one for one in known if one.who == who):
                    page.goto(site.url + address.path)
                    name = re.sub(r"[^a-z0-9.-]+", "_", f"{who}{address.path}".casefold()).strip("_")
                    for width in WIDTHS:
                        page.set_viewport_size({"width": width, "height": 900})
                        page.screenshot(path=out / f"{name}-{direction}-{width}.png", full_page=True)
                page.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
