"""Texts that callers send, and that code often was not tried with."""

from collections.abc import Mapping

ODD_TEXTS: Mapping[str, str] = {
    "empty": "",
    "blank": " \t\n ",
    "long": "long text " * 10_000,
    "emoji": "\U0001f469\u200d\U0001f680 \U0001f1e9\U0001f1ea \U0001f44d\U0001f3fd",
    "combining": "e\u0301 n\u0303 a\u0323\u0302",
    "right to left": "\u0634\u0631\u0643\u0629 \u05d7\u05d1\u05e8\u05d4 \u202eabc\u202c",
    "no letters": "\u0000\u0001\u200b\ufeff",
    "markup": "\"}{'<b>&amp;</b>%s{0}\\\\n; --",
    "wide": "\u682a\u5f0f\u4f1a\u793e \uff21\uff22",
}
"""Name → text."""
