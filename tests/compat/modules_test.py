#!/usr/bin/env python3
"""The module files under the real Lmod and the real environment-modules, which cannot be installed beside each other."""

import os
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import room  # noqa: E402
from activation_test import COMPAT, Machine  # noqa: E402

LMOD_INIT = "/usr/share/lmod/lmod/init/bash"
MODULES_INIT = "/usr/share/modules/init/bash"


class ModuleFiles(Machine):
    init = ""
    forms = ()

    def loaded(self, script, **variables):
        done = self.room.run("bash", "-c", f". {self.init} >/dev/null; module use /opt/modules; {script}; "
                                           'echo "${CUDA_COMPAT_STATE-none}|${LD_LIBRARY_PATH-}"; device_query', **variables)
        state, query = done.stdout.splitlines()[-2:]
        return state, query.split()[-1], " ".join(done.stderr.split())  # Lmod breaks its lines

    def written(self, form):
        name = {"lua": "12.1.lua", "tcl": "12.1"}[form]
        self.room.run("rm", "-rf", "/opt/modules")
        self.room.run("mkdir", "-p", "/opt/modules/cuda-compat")
        self.room.kernel("470.57.02")
        self.room.tool("activate", "--form", form, "--to", f"/opt/modules/cuda-compat/{name}", "--gpu", "Tesla T4")

    def each_form(self):
        for form in self.forms:
            self.written(form)
            yield form

    def load_takes_the_library_where_it_helps(self):
        for _ in self.each_form():
            for proc in room.PROC_FORMS:
                self.room.kernel("470.57.02", proc)
                self.assertEqual(self.loaded("module load cuda-compat/12.1"), (f"compat|{COMPAT}", "12.1", ""))
            self.room.kernel("525.08.09")
            self.assertEqual(self.loaded("module load cuda-compat/12.1", LD_LIBRARY_PATH="/a")[0], f"compat|{COMPAT}:/a")

    def load_leaves_the_system_where_it_would_not_and_says_why(self):
        for _ in self.each_form():
            for driver, reason in (("530.30", "is not older"), ("535.54.03", "is not older"), ("465.19.01", "branch 465"),
                                   (None, "no NVIDIA driver")):
                self.room.kernel(driver)
                state, query, told = self.loaded("module load cuda-compat/12.1")
                self.assertEqual((state, query), ("system|", "11.4"))
                self.assertIn(reason, told)
            self.room.kernel("470.57.02")
            self.room.gpu("NVIDIA GeForce RTX 4090")
            self.assertIn("GeForce", self.loaded("module load cuda-compat/12.1")[2])
            self.room.run("rm", "-r", "/proc/driver/nvidia/gpus")

    def unload_gives_back_the_path_of_before(self):
        for _ in self.each_form():
            script = "module load cuda-compat/12.1; module unload cuda-compat/12.1"
            self.assertEqual(self.loaded(script, LD_LIBRARY_PATH="/a:/b")[:2], ("none|/a:/b", "11.4"))
            told = self.loaded("module whatis cuda-compat/12.1 2>&1 | grep -c 'libcuda 530.30' >&2")[2]
            self.assertEqual(told.strip(), "1")


class Lmod(ModuleFiles):
    init = LMOD_INIT
    forms = ("lua", "tcl")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layers = (room.unpacked("lmod"),)

    def test_load_takes_the_library_where_it_helps(self):
        self.load_takes_the_library_where_it_helps()

    def test_load_leaves_the_system_where_it_would_not_and_says_why(self):
        self.load_leaves_the_system_where_it_would_not_and_says_why()

    def test_unload_gives_back_the_path_of_before(self):
        self.unload_gives_back_the_path_of_before()


class EnvironmentModules(ModuleFiles):
    init = MODULES_INIT
    forms = ("tcl",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layers = (room.unpacked("environment-modules"),)

    def test_load_takes_the_library_where_it_helps(self):
        self.load_takes_the_library_where_it_helps()

    def test_load_leaves_the_system_where_it_would_not_and_says_why(self):
        self.load_leaves_the_system_where_it_would_not_and_says_why()

    def test_unload_gives_back_the_path_of_before(self):
        self.unload_gives_back_the_path_of_before()


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("not run: overlay mounts need root")
        sys.exit(77)
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in (Lmod, EnvironmentModules))
    sys.exit(0 if unittest.TextTestRunner(verbosity=1).run(suite).wasSuccessful() else 1)
