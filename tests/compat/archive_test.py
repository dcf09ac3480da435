#!/usr/bin/env python3
"""compat install from an archive in hand: NVIDIA's redist tarball and driver runfiles, generated ones with stand-ins for the
libraries. As files of the package's directory, judged by the library inside, taken back to the state of before."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import archives  # noqa: E402
import room  # noqa: E402

USAGE, ARCHIVE, INTEGRITY, CONFLICT, UNSUPPORTED = 2, 11, 12, 17, 21
NOTE = '{"format":1,"CUDA version":"13.0","driver":[535,550,565,570,575,580],"device":[1,2,7,8,9,10,11,12,13,14]}'
DRIVER, OLDER = "580.95.05", "580.65.06"
COMPAT = "/usr/local/cuda-13.0/compat"
KERNEL = ("--driver", "535.54.03", "--gpu", "A100")
AGREED = ("--yes", "--accept-license", "--arch", "x86_64")


def listing(root, place=""):
    """Every path with type, mode and content, but for the tool's own records."""
    found = {}
    base = f"{root}{place}"
    for directory, folders, files in os.walk(base):
        folders[:] = [each for each in folders if each not in (".cudnn-install", "cudnn-install")]
        for name in folders + files:
            path = os.path.join(directory, name)
            kind = os.readlink(path) if os.path.islink(path) else oct(os.lstat(path).st_mode)
            content = Path(path).read_bytes() if os.path.isfile(path) and not os.path.islink(path) else b""
            found[os.path.relpath(path, base)] = (kind, hashlib.sha256(content).hexdigest())
    return found


class Archives(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="cudnn-archives-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.made = {}
        for driver in (DRIVER, OLDER):
            place = cls.folder / driver
            place.mkdir()
            cls.made[driver] = archives.Libraries(place, "13.0", driver, NOTE)
        cls.libraries = cls.made[DRIVER]

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="cudnn-root-", dir=room.SCRATCH)
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name)
        self.root = self.scratch / "root"
        for name in ("usr/local", "etc/ld.so.conf.d"):
            (self.root / name).mkdir(parents=True)
        self.trap = self.scratch / "trap"
        self.before = listing(self.root)

    def put(self, name, content):
        path = self.scratch / name
        path.write_bytes(content)
        return str(path)

    def redist(self, **more):
        return self.put(self.libraries.top() + ".tar.xz", self.libraries.redist(**more))

    def runfile(self, by="xz", **more):
        return self.put(f"NVIDIA-Linux-x86_64-{DRIVER}.run",
                        archives.runfile(DRIVER, self.libraries.driver_tar(**more), self.trap, by))

    def tool(self, *arguments, before=()):
        return subprocess.run([*before, room.TOOL, *arguments, "--root", self.root], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)

    def must(self, *arguments):
        done = self.tool(*arguments)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done

    def install(self, archive, arch="x86_64"):
        return ("compat", "install", "--archive", archive, "--allow-unverified", *KERNEL, "--yes", "--accept-license", "--arch", arch)

    def assert_installed(self):
        expected = {name: hashlib.sha256(content).hexdigest() for name, content in self.libraries.files.items()}
        links = archives.links_of(DRIVER)
        nothing = hashlib.sha256(b"").hexdigest()
        self.assertEqual({**{name: ("0o100644", digest) for name, digest in expected.items()},
                          **{name: (target, nothing) for name, target in links.items()}}, listing(self.root, COMPAT))

    def assert_as_before(self):
        now = listing(self.root)
        records = {name: now.pop(name) for name in ("var", "var/lib") if name in now and name not in self.before}
        self.assertLessEqual(set(records), {"var", "var/lib"})
        self.assertEqual(self.before, now)
        self.assertFalse(os.path.exists(f"{self.root}{COMPAT}/.cudnn-install"))
        index = self.root / "var/lib/cudnn-install/index"
        notes = os.listdir(index) if index.exists() else []
        self.assertEqual([], [name for name in notes if not name.endswith(".tmp")])  # a note that was never made

    def refused(self, code, words, *arguments):
        done = self.tool(*arguments)
        self.assertEqual(code, done.returncode, done.stdout + done.stderr)
        for each in words:
            self.assertIn(each, done.stderr)
        self.assert_as_before()
        self.assertFalse(self.trap.exists())


class Life(Archives):
    def lives(self, archive):
        digest = hashlib.sha256(Path(archive).read_bytes()).hexdigest()
        install = ("compat", "install", "--archive", archive, "--sha256", digest, *KERNEL, *AGREED)
        done = self.must(*install)
        for limit in ("OpenGL or Vulkan", "cuMemMap", "OpenCL"):
            self.assertIn(limit, done.stderr)
        self.assert_installed()
        standing = listing(self.scratch)
        self.assertIn("unchanged", self.must(*install).stdout)
        self.assertEqual(standing, listing(self.scratch))
        self.assertIn("cuda-compat-13-0 580.95.05 for CUDA 13.0", self.must("status").stdout)
        self.assertIn("all as installed", self.must("verify").stdout)
        (record,) = json.loads(self.must("status", "--json").stdout)["prefixes"]
        (installed,) = record["installations"]
        self.assertEqual((COMPAT, "cuda-compat-13-0", DRIVER, "13.0", "given", digest),
                         (record["prefix"], installed["product"], installed["version"], installed["cuda"],
                          installed["source"]["trust"], installed["source"]["sha256"]))
        self.must("compat", "uninstall", "--yes")
        self.assert_as_before()
        self.assertIn("no forward-compatibility package", self.must("compat", "uninstall", "--yes").stdout)
        self.assertFalse(self.trap.exists())

    def test_a_redist_archive_comes_as_files_with_its_links_stays_and_goes_without_a_trace(self):
        self.lives(self.redist())

    def test_a_redist_archive_without_links_gets_those_of_the_package(self):
        self.lives(self.redist(links=False))

    def test_a_runfile_is_read_and_never_run_and_only_what_a_package_has_is_taken(self):
        for by in ("xz", "gzip", "zstd"):
            with self.subTest(by=by):
                self.lives(self.runfile(by))

    def test_a_runfile_of_todays_makeself_is_read_too(self):
        for by in ("gzip", "xz"):
            with self.subTest(by=by):
                folder = tempfile.mkdtemp(dir=self.scratch)
                content = archives.made_by_makeself(folder, DRIVER, self.libraries.driver_tar(), by)
                shutil.rmtree(folder)
                self.lives(self.put("made.run", content))

    def test_the_script_of_the_plan_leaves_what_the_program_leaves(self):
        for archive in (self.redist(), self.redist(links=False), self.runfile()):
            with self.subTest(archive=archive):
                script = self.must("compat", "install", "--archive", archive, "--allow-unverified", *KERNEL, "--arch",
                                   "x86_64", "--dry-run", "--format", "sh").stdout
                done = subprocess.run(["sh"], input=script, text=True, capture_output=True, check=False)
                self.assertEqual(0, done.returncode, script + done.stderr)
                self.assert_installed()
                shutil.rmtree(self.root / "usr/local/cuda-13.0")

    def test_another_build_takes_the_place_and_what_was_made_by_hand_comes_back(self):
        place = Path(f"{self.root}{COMPAT}")
        place.mkdir(parents=True)
        (place / "libcuda.so.1").write_text("by hand")
        self.before = listing(self.root)
        older = self.made[OLDER]
        self.must(*self.install(self.put(older.top() + ".tar.xz", older.redist())))
        self.assertIn("in place of 580.65.06", self.must(*self.install(self.redist())).stdout)
        self.assert_installed()
        self.must("compat", "uninstall", "--cuda", "13.0", "--yes")
        self.assert_as_before()

    def test_a_toolkit_beside_it_stays_as_it_is(self):
        (self.root / "usr/local/cuda-13.0/include").mkdir(parents=True)
        self.before = listing(self.root)
        self.must(*self.install(self.redist()))
        self.must("compat", "uninstall", "--yes")
        self.assert_as_before()


class Refusals(Archives):
    def test_what_does_not_help_is_refused_before_anything_is_done(self):
        for archive in (self.redist(), self.runfile()):
            for kernel, gpu, reason in (("580.142", "A100", "error 803"), (OLDER, "A100", "has all of CUDA 13.0 by itself"),
                                        ("450.80.02", "A100", "branch 450"),
                                        ("535.54.03", "GeForce RTX 4090", "error 804")):
                with self.subTest(archive=archive, kernel=kernel, gpu=gpu):
                    self.refused(UNSUPPORTED, [reason, "CUDA Compatibility guide"], "compat", "install", "--archive", archive,
                                 "--allow-unverified", "--driver", kernel, "--gpu", gpu, *AGREED)

    def test_without_a_digest_with_a_wrong_one_and_without_the_licence_nothing_is_taken(self):
        for archive in (self.redist(), self.runfile()):
            first = ("compat", "install", "--archive", archive, *KERNEL, "--arch", "x86_64", "--yes")
            self.refused(INTEGRITY, ["--sha256 HEX"], *first)
            self.refused(INTEGRITY, ["0" * 64], *first, "--sha256", "0" * 64)
            self.refused(USAGE, ["NVIDIA's CUDA licence", "LICENSE' in '"], *first, "--allow-unverified")

    def test_files_that_are_something_else_are_told(self):
        self.refused(USAGE, ["cannot open the archive", "No such file"], *self.install(str(self.scratch / "absent.run")))
        self.refused(USAGE, ["neither a .deb nor an .rpm, a .tar.xz or a .run"], *self.install(self.put("odd.zip", b"PK")))
        self.refused(ARCHIVE, ["an HTML page"], *self.install(self.put("page.tar.xz", b"<!doctype html><html>")))
        self.refused(UNSUPPORTED, ["no libcuda"],
                     *self.install(self.redist_of([("top/compat/libother.so.1", b"x")])))
        self.refused(UNSUPPORTED, ["more than one libcuda"],
                     *self.install(self.redist(more=[(f"{self.libraries.top()}/compat/libcuda.so.1.2", b"x")])))
        self.refused(UNSUPPORTED, ["Jetson Orin"], *self.install(self.redist_of(
            [("top/compat_orin/libcuda.so.1.1", self.libraries.files[f"libcuda.so.{DRIVER}"])])))
        self.refused(UNSUPPORTED, ["is for x86_64, wanted is linux-sbsa"],
                     *self.install(self.redist(top=self.libraries.top("linux-sbsa")), arch="sbsa"))

        self.refused(USAGE, ["the archive is for x86_64, but --arch asks for sbsa"], *self.install(self.redist(), arch="sbsa"))

    def redist_of(self, members):
        return self.put("other.tar.xz", archives.packed(archives.tar(members), "xz"))

    def test_redist_archives_that_are_not_as_nvidia_makes_them_are_refused(self):
        top = self.libraries.top()
        self.refused(ARCHIVE, ["is 'other'", f"it should be such as '{self.libraries.top('linux-sbsa')}'"],
                     *self.install(self.redist(top="other")))
        for more, reason in (((f"{top}/compat/run.sh", b"x"), "is a file that no compatibility archive has"),
                             ((f"{top}/compat/libevil.so.1", "/etc/passwd"), "is a link to '/etc/passwd'"),
                             ((f"{top}/compat/libevil.so.1", "libabsent.so"), "is a link that leads to no file"),
                             ((f"{top}/../libevil.so.1", b"x"), "leads out of its directory"),
                             ((f"{top}/compat/libevil.so.1", b"no library"), "is not a shared library")):
            with self.subTest(reason=reason):
                self.refused(ARCHIVE, [reason], *self.install(self.redist(more=[more])))
        whole = self.libraries.redist()
        self.refused(ARCHIVE, ["truncated"], *self.install(self.put("short.tar.xz", whole[:-40])))

    def test_runfiles_that_are_cut_short_malformed_or_of_another_makeself_are_refused(self):
        whole = archives.runfile(DRIVER, self.libraries.driver_tar(), self.trap)
        number = whole.split(b"skip=")[1].split(b"\n")[0]
        payload = self.libraries.driver_tar()
        cases = {
            "does not begin as a script does": b"MZ" + whole,
            "ends within its header": whole[:60],
            "ends before its payload": whole[:whole.index(b"# Do not edit")],
            "no line 'skip='": whole.replace(b"\nskip=", b"\n" * 300 + b"begin="),
            "does not say where the payload begins": whole.replace(b"skip=" + number, b"skip=1", 1),
            "is not .tar.xz, .tar.gz or .tar.zst": whole.replace(b"skip=" + number, b"skip=20", 1),
            "truncated": whole[:-40],
            "bytes follow the end": whole + b"\n",
            "several": whole.replace(b"\nskip=", b'\nfilesizes="12 13"\nskip=', 1),
            "is not .tar.xz": archives.runfile(DRIVER, payload, self.trap, "none"),
            "the tar has a size that is no octal number": archives.runfile(DRIVER, b"no tar at all" * 100, self.trap),
        }
        for reason, content in cases.items():
            with self.subTest(reason=reason):
                self.refused(ARCHIVE, [reason], *self.install(self.put("odd.run", content)))


class Kills(Archives):
    """Killed at the entry of calls that change something: the next changing run finds the old files or the new ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.killer = str(cls.folder / "kill_at.so")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", cls.killer, str(room.SOURCE / "tests/engine/kill_at.c"), "-ldl"],
                       check=True)

    def calls(self, *arguments):
        """(name, number) of the changing calls of an undisturbed run, evenly chosen."""
        log = self.scratch / "calls"
        done = self.tool(*arguments, before=["strace", "-o", log, "-e", "trace=" + ",".join(self.CHANGING)])
        self.assertEqual(0, done.returncode, done.stderr)
        counted, found = {}, []
        for line in log.read_text().splitlines():
            name = line.split("(")[0]
            if name in self.CHANGING:
                counted[name] = counted.get(name, 0) + 1
                found.append((name, counted[name]))
        moments = int(os.environ.get("CUDNN_MOMENTS", "8"))
        return found[::max(1, len(found) // moments)]

    CHANGING = ("mkdirat", "renameat", "unlinkat", "symlinkat", "fsync")

    def killed(self, call, *arguments):
        done = self.tool(*arguments, before=["env", f"LD_PRELOAD={self.killer}", "KILL_AT={}:{}".format(*call)])
        self.assertEqual(-9, done.returncode, f"{call} was not reached: {done.stderr}")

    def empty(self):
        shutil.rmtree(self.root)
        for name in ("usr/local", "etc/ld.so.conf.d"):
            (self.root / name).mkdir(parents=True)

    def test_an_install_that_is_killed_is_finished_or_leaves_no_trace(self):
        install = self.install(self.redist(links=False))
        for call in self.calls(*install):
            with self.subTest(call=call):
                self.empty()
                self.killed(call, *install)
                self.must("compat", "uninstall", "--yes")
                self.assert_as_before()
                self.empty()
                self.killed(call, *install)
                self.must(*install)
                self.assert_installed()

    def test_an_uninstall_that_is_killed_is_finished_by_the_next(self):
        install = self.install(self.redist())
        self.must(*install)
        for call in self.calls("compat", "uninstall", "--yes"):
            with self.subTest(call=call):
                self.must(*install)
                self.killed(call, "compat", "uninstall", "--yes")
                self.must("compat", "uninstall", "--yes")
                self.assert_as_before()


class OnTheMachine(unittest.TestCase):
    """In a copy of this system, with its package manager, its loader and a kernel driver."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="cudnn-archives-")
        cls.addClassCleanup(folder.cleanup)
        libraries = archives.Libraries(folder.name, "13.0", DRIVER, NOTE)
        cls.redist = libraries.redist()
        cls.package = room.compat_package(folder.name, "13.0", DRIVER, NOTE)
        cls.archive = f"/opt/{libraries.top()}.tar.xz"

    def setUp(self):
        self.room = room.Room()
        self.addCleanup(self.room.close)
        self.room.put(self.archive[1:], self.redist)
        self.room.kernel("535.54.03")
        self.room.gpu("NVIDIA A100-SXM4-40GB")

    def install(self, **more):
        return self.room.tool("install", "--archive", self.archive, "--allow-unverified", "--yes", "--accept-license", **more)

    def state(self):
        return self.room.run("find", "/usr/local", "/etc/ld.so.conf.d", "-printf", "%p %y %m %l\n").stdout

    def test_files_that_a_package_owns_are_not_touched(self):
        self.room.put("opt/package.deb", self.package.read_bytes())
        self.room.run("dpkg", "-i", "/opt/package.deb")
        before = self.state()
        done = self.install(check=False)
        self.assertEqual(CONFLICT, done.returncode, done.stderr)
        self.assertIn("belongs to the package 'cuda-compat-13-0'", done.stderr)
        self.assertEqual(before, self.state())

    def test_a_package_is_not_put_over_files_from_an_archive(self):
        self.room.put("opt/package.deb", self.package.read_bytes())
        self.install()
        before = self.state()
        done = self.room.tool("install", "--archive", "/opt/package.deb", "--allow-unverified", "--yes", "--accept-license",
                              check=False)
        self.assertEqual(CONFLICT, done.returncode, done.stderr)
        self.assertIn("cudnn-install compat uninstall --cuda 13.0", done.stderr)
        self.assertEqual(before, self.state())

    def test_a_driver_upgrade_makes_it_harmful_and_the_active_link_goes_with_it(self):
        before = self.state()
        self.install()
        self.room.tool("activate", "--form", "shared", "--loader")
        self.assertEqual(COMPAT, self.room.run("readlink", "/usr/local/cuda-compat/current").stdout.strip())
        self.assertIn("/usr/local/cuda-compat/current/libcuda.so.1", self.room.run("ldconfig", "-p").stdout)
        self.room.kernel("580.142")
        self.assertEqual(["cudnn-install compat uninstall --cuda 13.0"], [each["command"] for each in self.harmful()])
        self.refused_uninstall()
        done = self.room.tool("uninstall", "--yes")
        self.assertIn("is taken back first", done.stderr)
        self.assertEqual([], self.harmful())
        self.assertEqual(before, self.state())

    def refused_uninstall(self):
        """The link that was taken first is there again, known to the loader as before."""
        standing = self.state()
        self.room.run("chmod", "o+w", COMPAT)
        done = self.room.tool("uninstall", "--yes", check=False)
        self.assertEqual(CONFLICT, done.returncode, done.stderr)
        self.room.run("chmod", "o-w", COMPAT)
        self.assertEqual(standing, self.state())
        self.assertIn("/usr/local/cuda-compat/current/libcuda.so.1", self.room.run("ldconfig", "-p").stdout)

    def harmful(self):
        done = self.room.run("cudnn-install", "doctor", "--only", "compat-harmful", "--json", check=False)
        return json.loads(done.stdout)["findings"]


if __name__ == "__main__":
    unittest.main()
