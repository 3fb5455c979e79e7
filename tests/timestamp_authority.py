"""A real timestamp authority for the tests: OpenSSL answers, behind a small web server."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

_CONFIG = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[authority]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = tsa_here
[tsa_here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """Its web address, its root certificate, and what it answers, when it is not itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate = folder / "root.pem"
        self.says_instead: bytes | None = None
        self.url = ""

    def _openssl(self, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 - OpenSSL's own program
            ["openssl", *arguments],  # noqa: S607 - wherever it is installed
            cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def set_up(self) -> None:
        (self.folder / "config").write_text(_CONFIG, encoding="ascii")
        (self.folder / "serial").write_text("01\n", encoding="ascii")
        new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")
        common = ("req", "-x509", "-config", "config", "-days", "30", *new)
        self._openssl(*common, "-extensions", "root", "-subj", "/CN=Test Root",
                      "-keyout", "root.key", "-out", "root.pem")  # fmt: skip
        self._openssl(*common, "-extensions", "authority", "-subj", "/CN=Test Authority",
                      "-CA", "root.pem", "-CAkey", "root.key",
                      "-keyout", "tsa.key", "-out", "tsa.pem")  # fmt: skip

    def answer(self, query: bytes) -> bytes:
        if self.says_instead is not None:
            return self.says_instead
        (self.folder / "query").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "config", "-section", "tsa_here",
                      "-queryfile", "query", "-out", "reply")  # fmt: skip
        return (self.folder / "reply").read_bytes()


@contextmanager
def running_authority(folder: Path) -> Iterator[Authority]:
    """An authority that answers on this machine only."""
    if shutil.which("openssl") is None:
        message = "no OpenSSL to be a timestamp authority: apt-get install openssl"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    authority = Authority(folder)
    authority.set_up()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            reply = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
