"""An XML file from a bank -> its message and version, part by part; or a refusal in words.

A file is somebody else's until it is understood, so it is looked at before it is parsed: its size
before a byte is read, then its encoding, then that it declares no DOCTYPE (without one there are no
entities to expand and nothing to fetch). Messages name the line and the element and never repeat
what stands there.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import cast

from lxml import etree

from ledger.decide.refusal import LISTED_MAX, FileRefused, Finding, NotFound

BYTES_MAX = 64_000_000
"""A year of a fund's statements is a few megabytes."""
_ELEMENTS_MAX = 4_000_000
"""The densest statement of 64 MB has fewer; more, if short, would fill the memory."""
_PART_ELEMENTS_MAX = 1_000_000
"""An entry that stands for 20,000 payments has fewer."""
_ENVELOPE_MAX = 1_000
"""How many elements may stand before Document: an envelope and its header."""
_FILE_NAME_MAX = 200
_ENCODINGS = ("UTF-8", "US-ASCII", "ASCII", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252")
_DECLARATION = re.compile(
    rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"'][^>]*?\?>", re.ASCII
)
_ENTITY = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos);)[A-Za-z_]", re.ASCII)
"""One that a DOCTYPE would have to declare; libxml2 says nothing useful of it."""
_NAMESPACE = re.compile(r"([a-z]{4}\.[0-9]{3})\.[0-9]{3}\.([0-9]{2})$", re.ASCII)
_SAFE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}", re.ASCII)
_CROWDED = "the file holds far more elements than a statement; it is not read"
_CUT_OFF = frozenset({1, 5, 40, 73, 77})
"""libxml2's errors of a file that ends, or begins again, too early."""
_WRONG_BYTES = frozenset({9, 81})

MESSAGES = {
    "camt.052": "an account report (camt.052)",
    "camt.053": "an account statement (camt.053)",
    "camt.054": "a notification of entries (camt.054)",
    "camt.029": "an answer to an investigation (camt.029)",
    "camt.055": "a request to cancel payments (camt.055)",
    "camt.056": "a request to cancel payments (camt.056)",
    "pain.001": "a payment file (pain.001)",
    "pain.002": "a payment status report (pain.002)",
    "pain.008": "a direct debit file (pain.008)",
    "pacs.002": "a payment status report between banks (pacs.002)",
    "pacs.004": "a payment return between banks (pacs.004)",
    "pacs.008": "a credit transfer between banks (pacs.008)",
}
_LATER = "a version of {} that is not read here: {}. Ask the bank for one of {} to {}"


class BankFileRefused(FileRefused):
    """A bank's file cannot be taken; a finding's row is the line, its column the element."""

    def lines(self) -> list[str]:
        """A line per finding: file, line, element, message."""
        lines = [
            f"{self.file}, line {each.row}"
            + (f", {each.column}" if each.column else "")
            + f": {each.message}"
            for each in self.findings[:LISTED_MAX]
        ]
        if len(self.findings) > LISTED_MAX:
            more = len(self.findings) - LISTED_MAX
            lines.append(f"{self.file}: {more} more problems from there on")
        return lines


@dataclass(slots=True)
class Node:
    """An element: its name without namespace, its own text, its line, what is in it."""

    name: str
    text: str
    line: int
    currency: str
    children: list[Node] = field(default_factory=list)

    def all(self, name: str) -> list[Node]:
        """The elements of that name directly in this one."""
        return [each for each in self.children if each.name == name]

    def get(self, *path: str) -> Node | None:
        """The first element down a path of names; None if a step is missing."""
        node = self
        for name in path:
            for each in node.children:
                if each.name == name:
                    node = each
                    break
            else:
                return None
        return node

    def value(self, *path: str) -> str:
        """The text down a path of names; empty if there is none."""
        node = self.get(*path)
        return node.text if node is not None else ""


@dataclass(frozen=True, slots=True)
class BankDocument:
    """A file that may be parsed: its base name, the hash of its bytes, what message it is."""

    name: str
    sha256: str
    message: str
    version: int
    content: bytes

    def parts(self, names: Collection[str]) -> Iterator[Node]:
        """Elements of these names, each when it ends; none is kept in what encloses it.

        Raises:
            BankFileRefused: if the XML is broken.
        """
        crowded = _elements(self.content) > _PART_ELEMENTS_MAX
        try:
            for _, element in _parse(self.content, names):
                if crowded and _holds_more(element, _PART_ELEMENTS_MAX):
                    raise self.refused([Finding(_line_of(element), "", _CROWDED)])
                yield _node(element)
                element.clear()
        except etree.XMLSyntaxError as error:
            raise BankFileRefused(self.name, [_broken(error)]) from None

    def refused(self, findings: Collection[Finding]) -> BankFileRefused:
        """A refusal of this file for what was found."""
        return BankFileRefused(self.name, list(findings))


def open_document(path: Path, messages: dict[str, range]) -> BankDocument:
    """Open a bank's file, if it is one of these messages in one of these versions.

    Raises:
        NotFound: if there is no file to read at the path.
        BankFileRefused: if it is too large, not XML, hostile, or another message.
    """
    return understood(path.name, _content(path), messages)


def understood(name: str, content: bytes, messages: dict[str, range]) -> BankDocument:
    """As `open_document`, of bytes.

    Raises:
        BankFileRefused: as there.
    """
    if (finding := _unfit(content)) is not None:
        raise BankFileRefused(name, [finding])
    namespace, line = _document_element(name, content)
    found = _NAMESPACE.search(namespace)
    wanted = _listed([MESSAGES[each] for each in messages])
    if found is None:
        text = f"the namespace of Document names no ISO 20022 message; wanted is {wanted}"
        raise BankFileRefused(name, [Finding(line, "Document", text)])
    message, version = found[1], int(found[2])
    if message not in messages:
        what = MESSAGES.get(message, f"a message of the kind {message}")
        text = f"this is {what}; wanted is {wanted}"
        raise BankFileRefused(name, [Finding(line, "Document", text)])
    versions = messages[message]
    if version not in versions:
        text = _LATER.format(message, version, versions.start, versions.stop - 1)
        raise BankFileRefused(name, [Finding(line, "Document", f"this is {text}")])
    return BankDocument(name, hashlib.sha256(content).hexdigest(), message, version, content)


def _content(path: Path) -> bytes:
    if not path.name.isprintable() or len(path.name) > _FILE_NAME_MAX:
        message = f"give the file a plain name of at most {_FILE_NAME_MAX} characters first"
        raise NotFound(message)
    try:
        if not path.is_file():
            message = f"there is no file {path}"
            raise NotFound(message)
        size = path.stat().st_size
        if size > BYTES_MAX:
            message = (
                f"the file has {size // 1_000_000} MB, and {BYTES_MAX // 1_000_000} are the most "
                "that is read; check that it is the right one, or ask the bank for shorter periods"
            )
            raise BankFileRefused(path.name, [Finding(1, "", message)])
        return path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise NotFound(message) from None


def _unfit(content: bytes) -> Finding | None:
    """Why bytes are not parsed at all; None if they may be."""
    plain = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    doctype = content.find(b"<!DOCTYPE")
    entity = _ENTITY.search(content)
    line, message = 1, ""
    if len(content) > BYTES_MAX:
        message = f"the file is larger than {BYTES_MAX // 1_000_000} MB"
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:4]:
        message = "this is UTF-16 or UTF-32; ask the bank for UTF-8"
    elif not plain:
        message = "the file is empty; fetch it again"
    elif not plain.startswith(b"<"):
        message = "this is not XML; fetch the file again in the format ISO 20022 XML"
    elif doctype >= 0:
        line = _line(content, doctype)
        message = "the file declares a DOCTYPE, which no bank's file does; it is not read further"
    elif entity is not None:
        line = _line(content, entity.start())
        message = "there is an & with a name that XML does not know, so the file is broken here"
    elif _elements(content) > _ELEMENTS_MAX:
        message = _CROWDED
    return Finding(line, "", message) if message else _wrong_encoding(content)


def _wrong_encoding(content: bytes) -> Finding | None:
    """What is wrong with the encoding that the declaration names; None if nothing is."""
    head = content[:200]
    declared = _DECLARATION.search(head)
    if declared is None and b"encoding" in head.partition(b"?>")[0]:
        return Finding(1, "", "the encoding that the first line declares is not understood")
    encoding = declared[1].decode("ascii").upper() if declared else "UTF-8"
    if encoding not in _ENCODINGS:
        text = f"the file declares an encoding that is not read ({encoding}); ask for UTF-8"
        return Finding(1, "", text)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if encoding != "UTF-8":
            return None
        text = "the file declares UTF-8, and this line is in another encoding; fetch it again"
        return Finding(_line(content, error.start), "", text)
    if encoding != "UTF-8" and not content.isascii():
        text = f"the file declares {encoding} and is in UTF-8: names would be misread; ask the bank"
        return Finding(1, "", text)
    return None


def _elements(content: bytes) -> int:
    """How many elements there may be, without parsing."""
    return content.count(b"<") - content.count(b"</")


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _parse(
    content: bytes, names: Collection[str], events: tuple[str, ...] = ("end",)
) -> Iterator[tuple[str, etree._Element]]:
    """Events of lxml for elements of these names, in any namespace."""
    parsing: Iterator[tuple[str, etree._Element]] = etree.iterparse(
        io.BytesIO(content),
        events=events,
        tag=[f"{{*}}{each}" for each in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return parsing


def _document_element(name: str, content: bytes) -> tuple[str, int]:
    """The namespace and the line of the element Document, which an envelope may enclose."""
    root = ""
    try:
        for _, element in islice(_parse(content, ["*"], ("start",)), _ENVELOPE_MAX):
            tag = etree.QName(element)
            root = root or tag.localname
            if tag.localname == "Document":
                return tag.namespace or "", _line_of(element)
    except etree.XMLSyntaxError as error:
        raise BankFileRefused(name, [_broken(error)]) from None
    what = root if _SAFE_NAME.fullmatch(root) else "something else"
    text = f"this is XML, but no ISO 20022 message: its first element is {what}, not Document"
    raise BankFileRefused(name, [Finding(1, "", text)])


def _broken(error: etree.XMLSyntaxError) -> Finding:
    """What to say of XML that does not hold together; libxml2's own words may quote the file."""
    line = max(1, error.position[0] or 1)
    code = getattr(error, "code", 0)  # the stubs do not know it
    if code in _CUT_OFF:
        text = "the XML ends before it is whole: the file was cut off; fetch it again"
    elif code in _WRONG_BYTES:
        text = "there is a character that XML does not allow here; fetch the file again"
    else:
        text = "the XML is broken from here on; fetch the file again, or ask the bank"
    return Finding(line, "", text)


def _holds_more(element: etree._Element, count: int) -> bool:
    return any(True for _ in islice(element.iter(), count, None))


def _node(element: etree._Element) -> Node:
    tag = element.tag
    node = Node(
        str(tag).rpartition("}")[2],
        (element.text or "").strip(),
        _line_of(element),
        str(element.get("Ccy") or "").strip(),
    )
    node.children = [_node(each) for each in element]
    return node


def _line_of(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 1  # the stubs do not say what it is


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
