"""A system with a package manager, a repository with forward-compatibility packages on loopback, and the tool inside."""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from unittest import mock

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "methods")]
import room  # noqa: E402
import home  # noqa: E402

import packs  # noqa: E402
from cudnn_repository import builders, distros, installer, packages  # noqa: E402

BRANCHES = {"12.8": [535, 550, 560, 565, 570], "13.0": [535, 550, 565, 570, 575, 580]}
NOTE = '{{"format":1,"CUDA version":"{}","driver":{},"device":[1,2,7,8,9,10,11,12,13,14]}}'
OLDER, NEWER, OTHER = ("13.0", "580.65.06"), ("13.0", "580.95.05"), ("12.8", "570.86.10")
KERNEL = ("--driver", "535.54.03", "--gpu", "A100")
NAMES = ("cuda-compat-12-8", "cuda-compat-13-0")
SPEC = """Name: {name}
Version: {driver}
Release: 1.el9
Epoch: 1
Summary: stand-in for a forward-compatibility package
License: none
AutoReqProv: no
%description
stand-in for a forward-compatibility package
%install
mkdir -p %{{buildroot}}
cp -a {tree}/. %{{buildroot}}/
%files
%dir /usr/local/cuda-{cuda}
/usr/local/cuda-{cuda}/compat
"""


def rpm_of(out, cuda, driver, note):
    name = "cuda-compat-" + cuda.replace(".", "-")
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch, "tree")
        room.compat_tree(tree, cuda, driver, note)
        spec = SPEC.format(name=name, cuda=cuda, driver=driver, tree=tree)
        return packs.rpmbuild(spec, "x86_64", scratch, out)[0]


class CudaInstaller(installer.Installer):
    """A local installer as CUDA's are named: the packages of one CUDA in a repository below /var."""

    def __init__(self, distro, made, cuda):
        self.distro, self.word, self.packages = distro, "x86_64", made
        self.id = f"{distro.name}-{cuda.replace('.', '-')}-local"
        self.name = f"cuda-repo-{self.id}"

    def description(self):
        return builders.Description(name=self.name, version="13.0.2", revision="1", architecture=self.architecture,
                                    summary="cuda repository configuration files", text="Packages of CUDA as a repository.",
                                    section="", copyright=installer.COPYRIGHT)

    def keyring(self, key):
        return f"cuda-{key.short}-keyring.gpg"


def note_of(cuda):
    return NOTE.format(cuda, str(BRANCHES[cuda]).replace(" ", ""))


class CompatHome(home.Home):
    PACKAGES = NAMES

    @classmethod
    def build(cls, full):
        return ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make = room.compat_package if cls.family == "deb" else rpm_of
        cls.builds = {each: [str(make(cls.given, *each, note_of(each[0])))] for each in (OLDER, NEWER, OTHER)}

    def setUp(self):
        super().setUp()
        self.open_home()

    def wish(self, cuda, *more, verb="install"):
        from_there = ("--repository", self.server.url, "--repository-key", self.key_file, "--accept-license")
        return ["compat", verb, "--cuda", cuda, "--yes", *(from_there if verb == "install" else ()), *more]

    def full(self, cuda, driver):
        name = "cuda-compat-" + cuda.replace(".", "-")
        return f"{name} {driver}-1" if self.family == "deb" else f"{name} 1:{driver}-1.el9"

    def expect_compat(self, *builds):
        self.assertEqual(sorted(self.full(*each) for each in builds), self.ours())
        self.whole()
        for cuda, driver in builds:
            self.files_of(cuda, driver)

    def files_of(self, cuda, driver):
        place = f"/usr/local/cuda-{cuda}/compat"
        listing = self.home.must("find", place, "-mindepth", "1", "-printf", "%f %y %l %m\n").splitlines()
        expected = [f"{file.format(driver)} f  644" for file in room.GUIDE_FILES]
        expected += [f"{link} l {target.format(driver)} 777" for link, target in room.GUIDE_LINKS.items()]
        self.assertEqual(sorted(expected), sorted(listing))

    def refused(self, code, words, *arguments):
        """With nothing changed."""
        before = self.state()
        done = self.tool_run(*arguments)
        self.assertEqual(code, done.returncode, done.stdout + done.stderr)
        for each in words:
            self.assertIn(each, done.stderr)
        self.assert_state(before)
        return done

    def cuda_installer(self, *builds):
        """It lies inside the system; answers its path and digest."""
        made = [packages.read(path) for each in builds for path in self.builds[each]]
        variables = {**self.keyring.environment, "SOURCE_DATE_EPOCH": packs.MOMENT}
        with mock.patch.dict(os.environ, variables):
            path = installer.make(CudaInstaller(distros.named(self.distro), made, builds[0][0]), self.out, self.key)
        inside = f"/root/{os.path.basename(path)}"
        shutil.copy(path, self.home.path(inside))
        return inside, packs.digest(path)


class RedHat(home.RedHat):
    PACKAGES = NAMES


class Fedora(home.Fedora):
    PACKAGES = NAMES


class Leap(home.Leap):
    PACKAGES = NAMES
