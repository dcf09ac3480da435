"""The workbench of these tests: a key, the packages, the two programs under test, and a web server on loopback."""

import contextlib
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, "..", "roots"), os.path.join(HERE, "..", "..", "packaging", "repository")]
sys.path.append(os.path.join(HERE, "..", "packaging"))
import elsewhere  # noqa: E402
import packs  # noqa: E402
import roots  # noqa: E402

PROGRAMS = os.path.join(packs.SOURCE, "packaging", "repository")
URL = "http://127.0.0.1:9/repos"  # for tests that fetch nothing


class Keyring:
    """A GnuPG directory of the test, with the keys that are asked for; no agent of it outlives the test."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="keys-")
        self.environment = {"GNUPGHOME": self.home}

    def gpg(self, *arguments):
        return packs.run("gpg", "--batch", "--quiet", *arguments, environment=self.environment)

    def make(self, owner="signer", *options, algorithm="rsa3072", expires="never"):
        """Answers the fingerprint."""
        self.gpg(*options, "--passphrase", "", "--quick-generate-key", f"{owner} <{owner}@localhost.invalid>", algorithm,
                 "sign,cert", expires)
        listing = self.gpg("--with-colons", "--list-secret-keys", owner)
        return next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr"))

    def agents(self):
        """Command lines of the agents that serve this directory."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().decode("utf-8", "replace").split("\0")
                if "gpg-agent" in words[0] and self.home in words:
                    found.append(" ".join(words))
        return found

    def agents_end(self):
        """Whether none is left, or will be in a moment: one that was told to stop takes its time."""
        until = time.monotonic() + 10
        while self.agents() and time.monotonic() < until:
            time.sleep(0.05)
        return not self.agents()

    def stop(self):
        packs.run("gpgconf", "--kill", "all", environment=self.environment)
        self.agents_end()

    def close(self):
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


class Server:
    """Serves a folder on loopback and remembers what was asked for."""

    def __init__(self, folder):
        self.requests = []
        noted = self.requests

        class Handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def __init__(self, *arguments):
                super().__init__(*arguments, directory=folder)

            def log_request(self, code="-", size="-"):
                noted.append((self.path, int(code)))

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def asked(self, since=0):
        """Names and status codes, from the request number `since` on."""
        return list(self.requests[since:])

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Case(unittest.TestCase):
    """Packages are made once a file, into `given`; each test has folders and a key of its own."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.given = tempfile.mkdtemp(prefix="given-")
        cls.addClassCleanup(shutil.rmtree, cls.given, ignore_errors=True)
        cls.keyring = Keyring()
        cls.addClassCleanup(cls.keyring.close)
        cls.key = cls.keyring.make()

    def setUp(self):
        self.scratch = tempfile.mkdtemp(prefix="repository-")
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.out = os.path.join(self.scratch, "out")

    def program(self, name, *arguments, environment=(), before=()):
        words = [*before, os.path.join(PROGRAMS, name), *arguments]
        return subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, "SOURCE_DATE_EPOCH": packs.MOMENT, **self.keyring.environment,
                                   **dict(environment)})

    def must(self, name, *arguments, **more):
        done = self.program(name, *arguments, **more)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done.stdout

    def publish(self, *arguments, distro="debian12", arch="x86_64", url=URL, key=None, **more):
        return self.program("network-repository", "--out", self.out, "--distro", distro, "--arch", arch, "--url", url,
                            "--sign-key", key or self.key, *arguments, **more)

    def must_publish(self, *arguments, **more):
        done = self.publish(*arguments, **more)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done.stdout

    def elsewhere(self):
        """How a program is run as on another machine, by another user who has the same key and a folder to write to."""
        home = elsewhere.home(os.path.join(self.scratch, "stranger"))
        packs.run("cp", "-a", self.keyring.home, f"{home}/keys")
        packs.run("chown", "-R", str(elsewhere.STRANGER), f"{home}/keys")
        self.addCleanup(packs.run, "gpgconf", "--kill", "all", environment={"GNUPGHOME": f"{home}/keys"})
        for readable in (self.scratch, self.given):
            os.chmod(readable, 0o755)
        return {"before": elsewhere.before(os.path.join(PROGRAMS, "network-repository")),
                "environment": {**elsewhere.ENVIRONMENT, "HOME": home, "GNUPGHOME": f"{home}/keys"}}

    def assert_refused(self, done, words):
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertIn(words, done.stderr)

    def serve(self):
        os.makedirs(self.out, exist_ok=True)
        server = Server(self.out)
        self.addCleanup(server.close)
        return server

    def root(self, name, binds=()):
        opened = contextlib.ExitStack()
        self.addCleanup(opened.close)
        return opened.enter_context(roots.open_root(name, binds))


def tree(top):
    """Path and digest of each file below `top`."""
    found = {}
    for folder, _, files in os.walk(top):
        for name in files:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, top)] = os.readlink(path) if os.path.islink(path) else packs.digest(path)
    return found
