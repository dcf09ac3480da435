"""Somebody swaps what the tool is about to use. A round is one swap while a run is going on; many fall into each run.

  race_test.py [--rounds 300]

case 126: whatever the tool meets, no byte lands outside, and what it installs is what its digest promised.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import rig

STRANGER = 12345
ROUNDS = 300
PER_RUN = 40  # rounds of one run count at most as so many, so that there are many runs
RUNS = 1000  # at most, for the rounds that are asked for


def built_attacker():
    """The program of swap.c, made once."""
    place = tempfile.mkdtemp(prefix="cudnn-swap-")
    unittest.addModuleCleanup(shutil.rmtree, place)
    program = os.path.join(place, "swap")
    subprocess.run(["cc", "-O1", "-Wall", "-Werror", "-o", program, os.path.join(rig.HERE, "swap.c")], check=True)
    os.chmod(place, 0o755)
    return program


class Race(rig.Case):
    attacker = None

    @classmethod
    def setUpClass(cls):
        if Race.attacker is None:
            Race.attacker = built_attacker()

    def setUp(self):
        super().setUp()
        self.outside = os.path.join(self.rig.scratch, "outside")
        for name in ("libcudnn.so.8.9.6", "cudnn.h", "new/cudnn.h"):
            rig.write(os.path.join(self.outside, name), "not ours")

    def against(self, attack, run, stranger=False):
        """The number of swaps while `run` was under way."""
        before = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"] if stranger else []
        attacker = subprocess.Popen([*before, self.attacker, *attack], stdout=subprocess.PIPE, text=True)
        self.assertEqual("ready\n", attacker.stdout.readline())
        try:
            run()
        finally:
            attacker.terminate()
            rest = attacker.communicate(timeout=20)[0]
        self.assertEqual(0, attacker.returncode)
        return int(rest)

    def rounds(self, round_of, wanted):
        """Runs until there were enough swaps and every wanted code was met, and says what came of them."""
        total, runs, self.codes = 0, 0, {}
        outside = rig.tree_of(self.outside, times=True)
        while total < ROUNDS or runs < ROUNDS // PER_RUN or not wanted <= set(self.codes):
            self.assertLess(runs, RUNS, f"{total} swaps in {runs} runs, exit codes {self.codes}")
            total += round_of()
            runs += 1
            self.assert_tree(outside, rig.tree_of(self.outside, times=True))
        print(f"{self.id().split('.')[-1]}: {total} swaps in {runs} runs, exit codes {self.codes}", flush=True)

    def ended(self, done, *codes):
        self.assertIn(done.returncode, codes, done.stdout + done.stderr)
        self.codes[done.returncode] = self.codes.get(done.returncode, 0) + 1
        return done.returncode


class Archives(Race):
    """The archive's name, or its bytes, change while it is hashed and read."""

    def setUp(self):
        super().setUp()
        self.good, self.other = rig.Archive(), rig.Archive("8.9.6.50", "12", "--extra", "libcudnn_spare_train")
        fresh = self.new_rig()
        fresh.install(self.good)
        self.expected = fresh.tree()
        self.paths = [os.path.join(self.rig.scratch, name) for name in ("archive", "other")]
        for path, archive in zip(self.paths, (self.good, self.other)):
            shutil.copy(archive.path, path)

    def install(self):
        """All of what was promised, or nothing."""
        done = self.rig.run("install", "--archive", self.paths[0], "--sha256", self.good.sha256, "--cuda", "12", "--yes")
        if self.ended(done, 0, 11, 12) == 0:
            self.assert_tree(self.expected, self.rig.tree())
            self.rig.must("uninstall", "--yes")
        self.assertEqual({}, self.rig.tree(records=True))

    def test_case_126_archive_whose_name_is_another_file_now_and_then(self):
        self.rounds(lambda: self.against(["names", *self.paths], self.install), {0, 12})

    def test_case_126_archive_that_is_overwritten_in_place(self):
        copy = shutil.copy(self.paths[0], self.paths[0] + ".copy")
        self.rounds(lambda: self.against(["bytes", self.paths[0], self.paths[1], copy], self.install), {12})


class Directories(Race):
    """Another user, who owns the prefix or may write beside it, swaps directories for links to elsewhere."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("needs root")

    def test_case_126_prefix_to_be_made_where_others_may_plant_links(self):
        shared = os.path.join(self.rig.scratch, "shared")
        os.mkdir(shared)
        os.chmod(shared, 0o1777)
        prefix = os.path.join(shared, "cuda")
        left, said = [], []

        def install():
            done = self.rig.run("install", *rig.Archive().options(), prefix=prefix)
            left.append(self.ended(done, 0, 17))
            said.append(done.stderr)

        def round_of():
            swaps = self.against(["plant", prefix, self.outside], install, stranger=True)
            if left[-1] == 0:
                self.rig.must("verify", prefix=prefix)
                self.rig.must("uninstall", "--yes", prefix=prefix)
            self.assertEqual({}, rig.tree_of(shared, records=True), said[-1])
            self.assertEqual([], os.listdir(os.path.join(self.rig.state, "index")))
            return swaps

        self.rounds(round_of, {0, 17})

    def attacked_install(self, attack):
        """An install into a prefix of the stranger's, trusted by root for once; the attack begins when the directories
        are chosen: from then on nothing is followed."""
        def install():
            done = self.rig.run("install", *rig.Archive().options(), "--trust-prefix")
            self.ended(done, 0, 14, 15, 17, 20)

        shutil.rmtree(self.rig.prefix)
        shutil.rmtree(self.rig.state, ignore_errors=True)
        for name in ("include", "lib64"):
            os.makedirs(os.path.join(self.rig.prefix, name))
        for folder, target in ((self.rig.prefix, self.outside), (os.path.join(self.rig.prefix, "lib64"), self.outside)):
            os.symlink(target, os.path.join(folder, "decoy"))
        for folder, folders, files in os.walk(self.rig.prefix):
            for name in [".", *folders, *files]:
                os.lchown(os.path.join(folder, name), STRANGER, STRANGER)
        return self.against(attack, install, stranger=True)

    def test_case_126_library_directory_that_becomes_a_link_to_elsewhere(self):
        lib64, decoy = (os.path.join(self.rig.prefix, name) for name in ("lib64", "decoy"))
        self.rounds(lambda: self.attacked_install(["names", lib64, decoy, lib64, rig.STATE_NAME + "-"]), {0})

    def test_case_126_stage_that_becomes_a_link_to_elsewhere(self):
        lib64 = os.path.join(self.rig.prefix, "lib64")
        attack = ["found", lib64, rig.STATE_NAME + "-", os.path.join(lib64, "decoy")]
        self.rounds(lambda: self.attacked_install(attack), {0})


if __name__ == "__main__":
    for needed in ("cc", "setpriv"):
        rig.need(needed)
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options, others = parser.parse_known_args()
    ROUNDS = options.rounds
    unittest.main(argv=[sys.argv[0], *others])
