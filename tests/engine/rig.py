"""A scratch machine for the engine's tests: a prefix, a state directory, demo archives, and questions about trees."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", ".."))
TOOL = os.environ.get("CUDNN_INSTALL", os.path.join(SOURCE, "build", "release", "cudnn-install"))
STATE_NAME = ".cudnn-install"
# In memory where that is possible: a killed process loses nothing that it wrote, so nothing is proven by a slow disk.
SCRATCH = next((place for place in ("/dev/shm",) if os.access(place, os.W_OK)), None)


class Archive:
    """A demo archive with its digest."""

    made = {}

    def __init__(self, version="8.9.6.50", cuda="12", *options):
        key = (version, cuda, options)
        if key not in self.made:
            out = tempfile.mkdtemp(prefix="cudnn-demo-")
            done = subprocess.run(
                [os.path.join(SOURCE, "scripts", "demo-payload"), "--out", out, "--version", version, "--cuda", cuda,
                 *options], check=True, capture_output=True, text=True)
            self.made[key] = done.stdout.split()[:2]
        self.sha256, self.path = self.made[key]
        self.version, self.cuda = version, cuda

    def options(self):
        return ["--method", "tar", "--archive", self.path, "--sha256", self.sha256, "--cuda", self.cuda, "--yes"]

    @classmethod
    def forget(cls):
        for _, path in cls.made.values():
            shutil.rmtree(os.path.dirname(path), ignore_errors=True)
        cls.made.clear()


class Rig:
    """<scratch>/prefix is installed into; every record of the tool stays below <scratch>."""

    def __init__(self, name="rig", within=SCRATCH):
        self.scratch = tempfile.mkdtemp(prefix=f"cudnn-{name}-", dir=within)
        self.folder = self.scratch if within == SCRATCH else "/"  # where commands start: no disk is kept busy by them
        os.chmod(self.scratch, 0o755)
        self.prefix = os.path.join(self.scratch, "prefix")
        self.state = os.path.join(self.scratch, "state")
        self.tool = TOOL
        os.mkdir(self.prefix)

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def environment(self):
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "ASAN_OPTIONS")}
        return {**kept, "CUDNN_INSTALL_STATE": self.state, "LC_ALL": "C.UTF-8", "CI": "true"}

    def run(self, *arguments, before=(), prefix=None, **more):
        """Runs the tool (behind `before`, such as strace) and answers the finished process."""
        command = [*before, self.tool, *arguments, "--prefix", prefix or self.prefix]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment(), stdin=subprocess.DEVNULL,
                              cwd=self.folder, check=False, **more)

    def stopped(self, command, **more):
        """Starts a command that stops itself (kill_at.c). Answers the process: stopped, or ended with its code."""
        started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder,
                                   env={**self.environment(), **more}, stdin=subprocess.DEVNULL)
        _, status = os.waitpid(started.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            started.returncode = os.waitstatus_to_exitcode(status)
        return started

    def must(self, *arguments, **more):
        done = self.run(*arguments, **more)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def install(self, archive, *options, **more):
        return self.must("install", *archive.options(), *options, **more)

    def for_stranger(self, user):
        """Makes tool, prefix and state usable by `user`; answers what stands before a command line to run it so."""
        self.tool = shutil.copy(TOOL, self.scratch)
        os.makedirs(self.state, exist_ok=True)
        for place in (self.prefix, self.state):
            os.chown(place, user, user)
        return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]

    def settle(self, **more):
        """The next changing run, at another prefix: every changing verb first settles all that is open."""
        other = os.path.join(self.scratch, "elsewhere")
        os.makedirs(other, exist_ok=True)
        return self.run("uninstall", "--yes", prefix=other, **more)

    def stranger(self, command):
        """A program of somebody else works in the prefix."""
        subprocess.run(command, check=False, capture_output=True)

    def save(self):
        """A copy of prefix and records, to go back to with restore()."""
        for name in ("prefix", "state"):
            saved = os.path.join(self.scratch, "saved", name)
            shutil.rmtree(saved, ignore_errors=True)
            if os.path.lexists(os.path.join(self.scratch, name)):
                os.makedirs(os.path.dirname(saved), exist_ok=True)
                subprocess.run(["cp", "-a", os.path.join(self.scratch, name), saved], check=True)

    def restore(self):
        for name in ("prefix", "state"):
            place, saved = os.path.join(self.scratch, name), os.path.join(self.scratch, "saved", name)
            shutil.rmtree(place, ignore_errors=True)
            if os.path.exists(saved):
                subprocess.run(["cp", "-a", saved, place], check=True)

    def tree(self, **how):
        return tree_of(self.prefix, **how)

    def leftovers(self):
        """What only a run in progress may leave: stages, temporary files, journals, files kept for nobody, open notes in
        the index."""
        found = self.kept_for_nobody()
        for folder, names, files in os.walk(self.prefix):
            found += [os.path.join(folder, name) for name in names if name.startswith(STATE_NAME + "-")]
            if os.path.basename(folder) == STATE_NAME:
                found += [os.path.join(folder, name) for name in files if name == "journal" or name.endswith(".tmp")]
        index = os.path.join(self.state, "index")
        for name in sorted(os.listdir(index)) if os.path.isdir(index) else []:
            with open(os.path.join(index, name), encoding="utf-8") as file:
                if name.endswith(".tmp"):
                    continue
                text = file.read()
            if not text or json.loads(text)["open"]:
                found.append("open or empty in the index: " + name)
        return found

    def kept_for_nobody(self):
        """Records without a receipt, and kept files that the receipt does not name."""
        records = os.path.join(self.prefix, STATE_NAME)
        kept = os.path.join(records, "kept")
        if os.path.islink(records) or not os.path.isdir(records):
            return []
        if not os.path.exists(os.path.join(records, "receipt.json")):
            return [records]
        with open(os.path.join(records, "receipt.json"), encoding="utf-8") as file:
            receipt = file.read()
        found = [f"kept/{folder}/{name}" for folder in (os.listdir(kept) if os.path.isdir(kept) else [])
                 for name in os.listdir(os.path.join(kept, folder))]
        return [name for name in found if f'"{name}"' not in receipt]


def entry_of(path, times=False):
    """Type, mode and bytes (or target) of one path; with `times` the modification time of files too."""
    found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode):
        return ("link", os.readlink(path))
    if stat.S_ISDIR(found.st_mode):
        return ("directory", oct(stat.S_IMODE(found.st_mode)))
    if not stat.S_ISREG(found.st_mode):
        return ("neither", oct(found.st_mode))
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return ("file", oct(stat.S_IMODE(found.st_mode)), digest) + ((found.st_mtime_ns,) if times else ())


def tree_of(top, times=False, records=False):
    """Every path below `top` with its entry; the tool's own records are left out unless asked for."""
    tree = {}
    for folder, folders, files in os.walk(top):
        if not records and STATE_NAME in folders:
            folders.remove(STATE_NAME)
        for name in folders + files:
            path = os.path.join(folder, name)
            tree[os.path.relpath(path, top)] = entry_of(path, times)
    return tree


def difference(left, right):
    """What two trees differ in, as lines."""
    lines = [f"- {name} {left[name]}" for name in sorted(left) if right.get(name) != left[name]]
    return lines + [f"+ {name} {right[name]}" for name in sorted(right) if left.get(name) != right[name]]


def need(program):
    """A test that cannot run names what is missing, and fails in CI, which installs everything."""
    if shutil.which(program) is None:
        sys.exit(f"this test needs '{program}': scripts/test installs it")


def listing_of(top):
    """Type, mode, name and link target of everything below `top`, in find's own words."""
    command = ["find", top, "-name", STATE_NAME, "-prune", "-o", "-printf", "%y %m %P %l\\n"]
    return sorted(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines())


def write(path, text="", mode=None):
    """A file with `text` (or bytes), its directories made where they lack."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    if mode is not None:
        os.chmod(path, mode)
    return path


class Case(unittest.TestCase):
    """A test with a fresh rig; archives are shared by all tests of the file and go with the last class."""

    maxDiff = None

    def setUp(self):
        self.rig = self.new_rig()

    def new_rig(self):
        made = Rig(type(self).__name__.lower())
        self.addCleanup(made.close)
        return made

    def assert_tree(self, expected, found):
        self.assertEqual([], difference(expected, found))

    def assert_ends(self, code, done):
        self.assertEqual(code, done.returncode, done.stdout + done.stderr)


unittest.addModuleCleanup(Archive.forget)
