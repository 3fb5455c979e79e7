"""Which characters a payment may carry, and what becomes of others.

Banks agree on the 26 letters in both cases, digits, space and / - ? : ( ) . , ' + (the Latin set
of SEPA and of the Danish guidelines for ISO 20022). Danish banks take the Danish letters as well,
and names of payees need them, so the letters of the Nordic languages stand as they are. A letter
with another mark loses it (ç becomes c), & becomes +, and typographic quotes and dashes become
plain. Anything else (other alphabets, line breaks, < > # @ …) is refused: how a payee is written in
these letters is for people to say.

Identities (MsgId, InstrId, EndToEndId) hold only the common set and are never changed.
"""

from __future__ import annotations

import re
import unicodedata

IDENTITY_MAX = 35
_COMMON = r"A-Za-z0-9/\-?:().,'+"
_NORDIC = "ÆØÅæøåÄÖÜäöüÉé"
_PLAIN = re.compile(rf"[{_COMMON}{_NORDIC} ]+", re.ASCII)
_IDENTITY = re.compile(rf"[{_COMMON}](?:[{_COMMON} ]*[{_COMMON}])?", re.ASCII)
_REPLACED = str.maketrans(
    {
        "&": "+",
        "_": "-",
        ";": ",",
        '"': "'",
        "\u00a0": " ",  # a space that does not break
        **dict.fromkeys("\u2018\u2019\u201c\u201d", "'"),  # typographic quotes
        **dict.fromkeys("\u2010\u2011\u2013\u2014", "-"),  # hyphens and dashes
        "Đ": "D",
        "đ": "d",
        "Ł": "L",
        "ł": "l",
        "Ð": "D",
        "ð": "d",
        "Œ": "OE",
        "œ": "oe",
        "Þ": "Th",
        "þ": "th",
        "ß": "ss",
    }
)
"""What stands for characters that no mark can be taken from."""


def bank_text(text: str) -> str:
    """The text in the characters that banks take, without spaces at its ends.

    Raises:
        ValueError: if it is empty, or holds a character that nothing stands for.
    """
    if _PLAIN.fullmatch(text) and text.strip(" "):
        return text.strip(" ")
    written = "".join(_letter(each) for each in unicodedata.normalize("NFC", text))
    written = written.translate(_REPLACED).strip(" ")
    if not _PLAIN.fullmatch(written):
        message = (
            "it holds no character that a bank takes"
            if not written
            else "it holds a character that banks do not take; write it with Latin letters, "
            "digits, spaces and / - ? : ( ) . , ' +"
        )
        raise ValueError(message)
    return written


def _letter(letter: str) -> str:
    """The letter without its mark, unless it is one that banks take with it."""
    if letter in _NORDIC:
        return letter
    return "".join(
        each for each in unicodedata.normalize("NFD", letter) if not unicodedata.combining(each)
    )


def check_identity(identity: str) -> None:
    """Whether a bank will carry an identity through unchanged.

    Raises:
        ValueError: if it is longer than 35 characters, holds one that is not in the common set, or
            begins or ends with / or a space, or has // in it.
    """
    if (
        len(identity) > IDENTITY_MAX
        or not _IDENTITY.fullmatch(identity)
        or identity.startswith("/")
        or identity.endswith("/")
        or "//" in identity
    ):
        message = (
            f"an identity has at most {IDENTITY_MAX} of the characters A-Z a-z 0-9 "
            "/ - ? : ( ) . , ' + and space; no / or space at its ends, and no //"
        )
        raise ValueError(message)
