"""A system with a package manager, repositories on loopback to install from, and the tool inside it."""

import json
import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "doctor"))
import ward  # noqa: E402
import packs  # noqa: E402
import workbench  # noqa: E402

OLD, NEW, ELEVEN = "8.9.6.50-1+cuda12.2", "8.9.7.29-1+cuda12.2", "8.9.6.50-1+cuda11.8"
# What belongs to a system's state; caches and logs of package managers do not, nor do our own records.
WATCHED = ("/etc", "/usr", "/var/lib/apt/lists", "/var/cudnn*", "/var/cache/cudnn-install")
PASSING = r"/etc/ld\.so\.cache$|/var/lib/apt/lists/(lock|partial)(/|$)|/etc/(passwd|shadow|group|gshadow)-$" \
          r"|/usr/lib/sysimage/libdnf5/"

# Files of zypper and dnf5 that hold nothing after the last lock.
LEFT_BY_MANAGERS = ("/etc/zypp/locks 644 0 ", "/etc/dnf/versionlock.toml 644 31 ")


class Rpm:
    """Stands before a case."""

    family, network, local = "rpm", "rpm-network", "rpm-local"
    PACKAGES = ("libcudnn8", "libcudnn8-devel", "libcudnn8-samples")


class RedHat(Rpm):
    system, distro = "rhel", "rhel9"


class Fedora(Rpm):
    system, distro = "fedora", "fedora"


class Leap(Rpm):
    system, distro = "suse", "opensuse"


class Home(workbench.Case):
    """One kind of system; `given` holds its packages in several builds."""

    system, distro, family, arch = "bookworm", "debian12", "deb", "x86_64"
    network, local = "apt-network", "deb-local"
    PACKAGES = ("libcudnn8", "libcudnn8-dev", "libcudnn8-samples")
    BUILDS = (OLD, NEW, ELEVEN)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tool = tempfile.mkdtemp(prefix="tool-")
        cls.addClassCleanup(shutil.rmtree, cls.tool, ignore_errors=True)
        cls.prepare_tool()
        cls.builds = {full: cls.build(full) for full in cls.BUILDS}

    @classmethod
    def prepare_tool(cls):
        cls.loader = ward.packed_tool(cls.tool)

    @classmethod
    def build(cls, full):
        make = packs.debs if cls.family == "deb" else packs.rpms
        return make(cls.given, *full.split("-1+cuda"))

    def version(self, full):
        return full if self.family == "deb" else full.replace("+", ".")

    def open_home(self):
        self.home = self.root(self.system, [(self.tool, "/opt/tool")])
        self.before = None
        return self.home

    def published(self, *builds):
        """A mirror of NVIDIA's tree with these builds, signed by the key of the test."""
        self.server = self.serve()
        self.publish_more(*(builds or self.builds))
        self.key_file = "/root/mirror.pub"
        self.home.write(self.key_file, self.keyring.gpg("--armor", "--export", self.key))

    def publish_more(self, *builds):
        files = [path for full in builds for path in self.builds[full]]
        self.must_publish(*files, distro=self.distro, arch=self.arch, url=self.server.url)

    def command(self, *arguments):
        return [f"/opt/tool/{self.loader}", "--library-path", "/opt/tool", "/opt/tool/cudnn-install", *arguments]

    def tool_run(self, *arguments, **more):
        return self.home.run(*self.command(*arguments), **more)

    def must_run(self, *arguments):
        done = self.tool_run(*arguments)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done

    def from_network(self, full, *more, verb="install"):
        number, cuda = full.split("-1+cuda")
        return [verb, "--method", self.network, "--repository", self.server.url, "--repository-key", self.key_file,
                "--cudnn", number, "--cuda", cuda, "--yes", "--accept-license", *more]

    def installer_of(self, full):
        """The local installer with this build, inside the system."""
        made = self.must("local-installers", "--out", self.out, "--distro", self.distro, "--arch", self.arch, "--sign-key",
                         self.key, *self.builds[full]).strip()
        inside = f"/root/{os.path.basename(made)}"
        shutil.copy(made, self.home.path(inside))
        return inside, packs.digest(made)

    def from_installer(self, full, *more, verb="install"):
        path, digest = self.installer_of(full)
        return [verb, "--method", self.local, "--archive", path, "--sha256", digest, "--cuda", full.split("cuda")[1],
                "--yes", "--accept-license", *more]

    # --- what is asked of the system itself ------------------------------------------------------------------------

    def installed(self):
        if self.family == "deb":
            done = self.home.must("dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Package} ${Version}\\n")
            return sorted(line[3:].strip() for line in done.splitlines() if line.startswith(("ii", "hi")))
        return sorted(self.home.must("rpm", "-qa", "--qf", "%{NAME} %{EVR}\\n").splitlines())

    def ours(self):
        return [line for line in self.installed() if line.split()[0] in self.PACKAGES]

    def expect(self, full):
        self.assertEqual([f"{name} {self.version(full)}" for name in self.PACKAGES], self.ours())
        self.whole()

    def whole(self):
        """The package manager's own view: nothing half done, every file as packed."""
        names = [line.split()[0] for line in self.ours()]
        if self.family == "deb":
            self.assertEqual("", self.home.must("dpkg", "--audit"))
        if names:
            verify = self.home.run("dpkg" if self.family == "deb" else "rpm", "-V", *names)
            self.assertEqual("", verify.stdout)

    def state(self):
        """Files, packages, keys and locks, for a comparison of before and after."""
        script = 'for place in $0 "$@"; do [ -e "$place" ] && find "$place" -xdev \\( -type f -o -type l \\) -printf ' \
                 '"%p %m %s %l\\n"; done; true'
        places = [place for place in WATCHED if "*" not in place]
        listing = self.home.must("sh", "-c", script, *places).splitlines()
        kept = sorted(line for line in listing if not re.search(PASSING, line.split(" ")[0]) and line not in LEFT_BY_MANAGERS)
        return {"files": kept, "packages": self.installed(), "manual": self.manual(), "locks": self.locks()}

    def assert_state(self, before):
        """Equal; else what differs, and no more."""
        now = self.state()
        differ = {key: (sorted(set(before[key]) - set(now[key])), sorted(set(now[key]) - set(before[key])))
                  for key in before if before[key] != now[key]}
        self.assertEqual({}, differ)

    def manual(self):
        return sorted(self.home.must("apt-mark", "showmanual").split()) if self.family == "deb" else []

    def locks(self):
        return []

    def records(self):
        done = self.tool_run("status", "--json")
        return json.loads(done.stdout)["packages"]
