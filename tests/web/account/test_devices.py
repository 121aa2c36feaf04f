"""What a browser is called."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.web.account import devices

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (f"{WINDOWS} {WEBKIT} Chrome/143.0.0.0 Safari/537.36", "Chrome, Windows"),
        (f"{WINDOWS} {WEBKIT} Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0", "Edge, Windows"),
        (f"{WINDOWS} {WEBKIT} Chrome/143.0.0.0 Safari/537.36 OPR/120.0", "Opera, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605", "Safari, macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) CriOS/143.0 Mobile Safari/604", "Chrome, iPad"),
        (
            f"Mozilla/5.0 (Linux; Android 15; K) {WEBKIT} SamsungBrowser/28.0 Chrome/130 Safari",
            "Samsung Internet, Android",
        ),
        ("curl/8.5.0", ""),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_browser_and_system_are_named_in_a_few_words(app: Flask, told: str, name: str) -> None:
    with app.test_request_context(headers={"User-Agent": told}):
        assert devices.device_text() == name
