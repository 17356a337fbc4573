"""Text from tables as it may be shown: without marks that turn or hide other text."""

from __future__ import annotations

import re

#: Control characters, and the marks of Unicode that change the direction of text or take no room.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|$~])")


def clean(words: str) -> str:
    r"""The text without control characters and marks of direction.

    Examples
    --------
    >>> clean("Dinas\u202e Kesehatan\x00")
    'Dinas Kesehatan'
    """
    return _HIDDEN.sub("", words)


def plain_markdown(words: str) -> str:
    r"""Text that Markdown, HTML and TeX in a notebook show as it is.

    Examples
    --------
    >>> plain_markdown("<b>a*b</b> $x$")
    '&lt;b&gt;a\\*b&lt;/b&gt; \\$x\\$'
    """
    words = _MARKDOWN.sub(r"\\\1", clean(words))
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
