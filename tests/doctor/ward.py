"""Roots with repositories of NVIDIA's names in them, and the tool inside, beside the libraries that it was linked with."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "repository"))
import packs  # noqa: E402
import workbench  # noqa: E402

TOOL = os.environ.get("CUDNN_INSTALL", os.path.join(packs.SOURCE, "build", "release", "cudnn-install"))
SUITES = {"bullseye": "debian11", "bookworm": "debian12", "trixie": "debian13", "rhel": "rhel9", "suse": "opensuse"}
WATCHED = ("/etc/apt", "/etc/yum.repos.d", "/etc/zypp/repos.d", "/usr/share/keyrings", "/etc/alternatives")


def packed_tool(folder, program=TOOL, name="cudnn-install"):
    """The tool, or another program of this machine, with its libraries and loader, which serve in any root."""
    listing = packs.run("ldd", program)
    for path in re.findall(r"(/\S+)", listing):
        shutil.copy(path, folder)
    shutil.copy(program, os.path.join(folder, name))
    os.chmod(folder, 0o755)
    return os.path.basename(re.search(r"^\s*(/\S*ld-linux\S*)", listing, re.M)[1])


class Ward(workbench.Case):
    """A tree of repositories on loopback; `home` opens a root and `doctor` examines it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tool = tempfile.mkdtemp(prefix="tool-")
        cls.addClassCleanup(shutil.rmtree, cls.tool, ignore_errors=True)
        cls.loader = packed_tool(cls.tool)
        cls.other = cls.keyring.make("other")
        cls.packages = [packs.deb_of("libcudnn8", "8.9.6.50-1+cuda12.2", cls.given)]

    def setUp(self):
        super().setUp()
        self.top = self.out
        self.out = os.path.join(self.top, "compute/cuda/repos")
        os.makedirs(self.out)
        self.server = workbench.Server(self.top)
        self.addCleanup(self.server.close)

    def home(self, name):
        self.ward = self.root(name, [(self.tool, "/opt/tool")])
        return self.ward

    def address(self, distro):
        return f"{self.server.url}/compute/cuda/repos/{distro}/x86_64"

    def exported(self, name, *keys, armor=False):
        """A keyring file outside; answers its path."""
        path = os.path.join(self.scratch, name)
        self.keyring.gpg("--yes", *(["--armor"] if armor else []), "--output", path, "--export", *(keys or [self.key]))
        return path

    def put(self, source, name, mode=0o644):
        path = self.ward.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(source, path)
        os.chmod(path, mode)

    def run_tool(self, *arguments):
        return self.ward.run(f"/opt/tool/{self.loader}", "--library-path", "/opt/tool", "/opt/tool/cudnn-install", *arguments)

    def doctor(self, *arguments):
        """The exit code and the record."""
        done = self.run_tool("doctor", "--json", *arguments)
        self.assertIn(done.returncode, (0, 1), done.stdout + done.stderr)
        return done.returncode, json.loads(done.stdout)

    def found(self, *arguments):
        return [each["id"] for each in self.doctor(*arguments)[1]["findings"]]

    def state(self):
        """Every watched path with mode, owner and bytes."""
        places = [place for place in WATCHED if os.path.exists(self.ward.path(place))]
        return self.ward.must("sh", "-c", 'find "$@" -printf "%y %m %U:%G %p %l\\n" | sort; '
                                          'find "$@" -type f -exec sha256sum {} + | sort', "sh", *places)

    def assert_mended(self, ids, content, extra=()):
        """What is wrong now is `ids`; mended, twice the same; the real tool is content; undone, byte for byte as before."""
        broken = self.state()
        code, record = self.doctor(*extra)
        self.assertEqual((1, ids), (code, [each["id"] for each in record["findings"]]))
        for finding in record["findings"]:
            self.assertTrue(finding["evidence"][0]["file"] and finding["remedy"] and finding["fix"], finding)
        refused = self.run_tool("doctor", "--fix", *extra)
        self.assertEqual(2, refused.returncode)
        self.assertIn("nothing was changed", refused.stderr)
        self.assertIn("--- ", refused.stderr)
        self.assertEqual(broken, self.state())
        code, record = self.doctor("--fix", "--yes", *extra)
        self.assertEqual((0, [], ids), (code, record["findings"], [each["id"] for each in record["mended"]]))
        mended = self.state()
        content()
        self.assertEqual((0, []), (self.doctor("--fix", "--yes", *extra)[0], self.found(*extra)))
        self.assertEqual(mended, self.state())
        self.undo(broken)

    def undo(self, before):
        done = self.run_tool("doctor", "--undo")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertEqual(before, self.state())
        self.assertEqual("there is nothing to take back\n", self.run_tool("doctor", "--undo").stdout)
