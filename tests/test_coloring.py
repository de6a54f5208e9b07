"""Code in color is the same code: no character is lost, whatever the language."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_helper.coloring import colored, language_name

LANGUAGES = """
python pycon py bash sh console powershell js jsx ts tsx json yaml toml ini html css scss sql psql sqlite3 java kotlin c
cpp csharp go rust ruby php swift diff md dockerfile make http graphql r lua perl text output unknown
"""
NAMES = re.findall(r"\S+", LANGUAGES)
CODE = [
    ">>> x = 1\n... y\n2\nTraceback (most recent call last):\n  File\nValueError: x",
    "def f():\n\treturn '''a\n\nb'''  ",
    "$ ls -la\nfoo\n# c",
    '<b class="x">x</b> &amp; "q"',
    "\x0c\u2028 é 日本 😀",
    "\n\n  x\n\n",
    "",
]


def said(language: str, text: str) -> str:
    return unescape(re.sub("<[^>]*>", "", colored(language, text)))


@pytest.mark.parametrize("language", NAMES)
def test_no_language_loses_a_character(language):
    for text in CODE:
        assert said(language, text) == text


def test_the_last_line_of_a_console_is_no_less_in_color():
    assert colored("console", "$ ls\nfoo") == '<span class="gp">$ </span>ls\n<span class="go">foo</span>'


@given(st.sampled_from(NAMES), st.text(max_size=80))
def test_no_text_loses_a_character(language, text):
    assert said(language, text) == text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("py", "Python"),
        ("pycon", "Python session"),
        ("sh", "Bash"),
        ("output", "Output"),
        ("mylang", "mylang"),
        ("", ""),
    ],
)
def test_a_language_has_the_name_that_people_use(written, said):
    assert language_name(written) == said
