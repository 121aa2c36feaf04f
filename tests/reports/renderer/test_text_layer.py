"""What is copied out of the PDF is what was written, in every script we set."""

from __future__ import annotations

import pytest

from portal.reports import text
from portal.reports.pdf import Printer
from tests.reports.pages import words

WRITTEN = {
    "th": "พวกเราสอบถามคนงานทุกคนแล้ว น้ำดื่มสะอาด",
    "km": "យើងបានសួរកម្មករគ្រប់រូប អំពីថ្លៃសេវា",
    "my": "ကျွန်ုပ်တို့ အလုပ်သမားအားလုံးကို မေးမြန်းခဲ့သည်",
    "bn": "আমরা প্রত্যেক শ্রমিককে জিজ্ঞাসা করেছি",
    "vi": "Chúng tôi đã sử dụng tiếng Việt với người lao động",
    "lo": "ພວກເຮົາໄດ້ຖາມກຳມະກອນທຸກຄົນ",
    "ta": "நாங்கள் எல்லா தொழிலாளர்களையும் கேட்டோம்",
    "si": "අපි සියලුම සේවකයින්ගෙන් විමසුවෙමු",
    "hi": "हमने हर श्रमिक से पूछा",
    "en": "We asked every worker – “paid in full”.",
}
#: The cover has no running feet, so the page holds nothing but what was written.
COVER = '<section class="cover">'


@pytest.mark.parametrize("language", WRITTEN)
def test_extraction_is_exact(printer: Printer, language: str) -> None:
    html = f'<html lang="{language}"><title>x</title>{COVER}<p>{text.breakable(WRITTEN[language])}</p>'

    printed = printer.print(html, identifier="x")

    assert words(printed.pdf) == WRITTEN[language]
    assert printed.notices == ()


def test_a_long_run_is_whole_again_when_copied(printer: Printer) -> None:
    written = "ភាសាខ្មែរជាភាសាផ្លូវការ" * 20
    html = f'<html lang="km"><title>x</title>{COVER}<p>{text.breakable(written)}</p>'

    assert words(printer.print(html, identifier="x").pdf).replace(" ", "") == written


def test_arabic_is_set_with_our_font_and_without_complaint(printer: Printer) -> None:
    html = '<html lang="ar" dir="rtl"><title>x</title><p dir="rtl">سألنا كل عامل عن الرسوم</p>'

    assert printer.print(html, identifier="x").notices == ()
