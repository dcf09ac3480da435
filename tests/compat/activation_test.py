#!/usr/bin/env python3
"""Forward compatibility on machines that are made for it: the guide's example file by file, every form of activation under
the real programs that read it, and what happens after a driver upgrade."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import room  # noqa: E402

NOTE = '{"format":1,"CUDA version":"12.1","driver":[450,470,515,525,530],"device":[1,2,7,8,9,10,11,12,13,14]}'
COMPAT = "/usr/local/cuda-12.1/compat"


class Machine(unittest.TestCase):
    """A machine with a driver of CUDA 11.4 and the package for 12.1."""

    layers = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.package = room.compat_package(cls.folder.name, "12.1", "530.30", NOTE)
        cls.driver = Path(cls.folder.name, "libcuda.so.470.57.02")
        room.stand_in(cls.driver, "11.4")
        cls.program = Path(cls.folder.name, "device_query")
        room.compiled("device_query.c", cls.program, "-ldl")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def setUp(self):
        self.room = room.Room(*self.layers)
        self.addCleanup(self.room.close)
        self.room.put("usr/lib/x86_64-linux-gnu/libcuda.so.470.57.02", self.driver.read_bytes())
        self.room.put("opt/tool/device_query", self.program.read_bytes(), 0o755)
        self.room.put("opt/package.deb", self.package.read_bytes())
        self.room.kernel("470.57.02")
        self.room.run("dpkg", "-i", "/opt/package.deb")
        self.room.run("ldconfig")

    def check(self, *arguments, **more):
        done = self.room.tool("check", *arguments, "--json", check=False, **more)
        return done.returncode, json.loads(done.stdout)

    def queried(self, **variables):
        return self.room.run("device_query", **variables).stdout.split()[-1]


class TheGuidesExample(Machine):
    def test_the_package_brings_the_files_and_links_of_the_guide(self):
        listing = self.room.run("find", COMPAT, "-mindepth", "1", "-printf", "%f %y %l %m\n").stdout.splitlines()
        expected = [f"{file.format('530.30')} f  644" for file in room.GUIDE_FILES]
        expected += [f"{link} l {target.format('530.30')} 777" for link, target in room.GUIDE_LINKS.items()]
        self.assertEqual(sorted(listing), sorted(expected))

    def test_the_variable_of_the_guide_makes_the_program_use_it(self):
        self.assertEqual(self.queried(), "11.4")
        self.assertEqual(self.queried(LD_LIBRARY_PATH=COMPAT), "12.1")

    def test_the_note_is_read_as_readelf_reads_it(self):
        code, record = self.check("--library", COMPAT, "--gpu", "Tesla T4")
        self.assertEqual((code, record["verdict"], record["assumed"]), (0, "forward", []))
        self.assertEqual(record["question"]["library"]["note"],
                         {"cuda": "12.1", "branches": [450, 470, 515, 525, 530], "brands": [1, 2, 7, 8, 9, 10, 11, 12, 13, 14]})
        read = self.room.run("readelf", "-p", ".note.cuda.fwd_compatibility", COMPAT + "/libcuda.so.1").stdout
        self.assertIn(NOTE, read)
        self.assertIn("OpenGL or Vulkan", "".join(record["limits"]))

    def test_a_note_that_is_cut_away_or_damaged_is_no_note(self):
        for command in (["objcopy", "--remove-section", ".note.cuda.fwd_compatibility"],
                        ["objcopy", "--update-section", ".note.cuda.fwd_compatibility=/opt/damage"],
                        ["objcopy", "--rename-section", ".note.cuda.fwd_compatibility=.note.other"]):
            self.room.put("opt/damage", b"\x13\0\0\0\xff\xff\0\0\0\0\0\0NVIDIA Corporation\0")
            self.room.run(*command, COMPAT + "/libcuda.so.530.30", "/opt/libcuda.so.530.30")
            code, record = self.check("--library", "/opt/libcuda.so.530.30", "--gpu", "Tesla T4")
            self.assertIsNone(record["question"]["library"]["note"])
            self.assertEqual((code, record["verdict"]), (0, "forward"))  # the tables decide, and say 12.1

    def test_the_installed_library_is_judged_without_being_named(self):
        code, record = self.check("--cuda", "11.4")
        self.assertEqual((code, record["verdict"]), (0, "backward"))
        self.assertEqual([each["answer"]["verdict"] for each in record["installed"]], ["not-needed"])
        self.room.kernel("535.54.03")
        code, record = self.check("--cuda", "12.2")
        self.assertEqual([(each["answer"]["verdict"], each["answer"]["error"]) for each in record["installed"]],
                         [("harmful", 803)])

    def test_every_form_of_the_kernel_modules_version_is_read(self):
        for form in room.PROC_FORMS:
            for driver in ("470.57.02", "470.182", "470.08.09"):
                self.room.kernel(driver, form)
                self.assertEqual(self.check("--cuda", "11.4")[1]["question"]["driver"], driver)
        for text in ("", "NVRM version: NVIDIA UNIX x86_64 Kernel Module", "Kernel Module " + "9" * 5000 + ".1", "\0\1\2"):
            self.room.put("proc/driver/nvidia/version", text)
            done = self.room.tool("check", "--cuda", "11.4", check=False)
            self.assertIn(done.returncode, (0, 2))

    def test_an_unknown_gpu_is_a_usage_error_that_names_the_nearest(self):
        done = self.room.tool("check", "--cuda", "12.1", "--gpu", "H1000", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("'H100'", done.stderr)
        _, record = self.check("--cuda", "12.1", "--gpu", "7.5")
        self.assertEqual((record["verdict"], len(record["assumed"])), ("forward", 1))


class Shell(Machine):
    def sourced(self, shell, before="", **variables):
        text = self.room.tool("activate", "--form", "sh", "--library", COMPAT, "--gpu", "Tesla T4").stdout
        self.room.put("opt/compat.sh", text)
        return self.use(shell, before, **variables)

    def use(self, shell, before="", **variables):
        done = self.room.run(shell, "-c", f'set -eu; {before} . /opt/compat.sh; echo "$CUDA_COMPAT_STATE|${{LD_LIBRARY_PATH-unset}}"; '
                                          "set | grep -c ^__compat_ || true; device_query", **variables)
        state, leftovers, query = done.stdout.splitlines()
        return state, leftovers, query.split()[-1], done.stderr

    def test_the_script_puts_the_library_first_where_it_fits(self):
        for shell in ("dash", "bash"):
            for form in room.PROC_FORMS:
                self.room.kernel("470.57.02", form)
                self.assertEqual(self.sourced(shell), (f"compat|{COMPAT}", "0", "12.1", ""))
            self.assertEqual(self.sourced(shell, LD_LIBRARY_PATH="/a:/b")[0], f"compat|{COMPAT}:/a:/b")
            self.assertEqual(self.sourced(shell, ". /opt/compat.sh;")[0], f"compat|{COMPAT}")

    def test_the_script_leaves_the_systems_driver_where_the_library_does_not_fit_and_says_why(self):
        self.sourced("dash")
        cases = (("530.30", "is not older than the library's 530.30"), ("530.30.02", "is not older"),
                 ("535.54.03", "is not older"), ("465.19.01", "does not take driver branch 465"), (None, "no NVIDIA driver is loaded"))
        for shell in ("dash", "bash"):
            for driver, reason in cases:
                self.room.kernel(driver)
                state, _, query, told = self.use(shell)
                self.assertEqual((state, query), ("system|unset", "11.4"), driver)
                self.assertIn(reason, told)
                self.assertEqual(self.use(shell, LD_LIBRARY_PATH=f"/a:{COMPAT}:/b")[0], "system|/a:/b")
            for driver in ("530.08.09", "525.142", "450.80.02"):
                self.room.kernel(driver)
                self.assertEqual(self.use(shell)[0], f"compat|{COMPAT}", driver)
            self.room.gpu("NVIDIA GeForce RTX 4090")
            self.assertIn("GeForce", self.use(shell)[3])
            self.room.gpu("Tesla T4")

    def test_shellcheck_has_no_complaint(self):
        text = self.room.tool("activate", "--form", "sh", "--library", COMPAT, "--gpu", "Tesla T4").stdout
        subprocess.run(["shellcheck", "-s", "sh", "-"], input=text, text=True, check=True)


class Shared(Machine):
    def test_the_checked_link_comes_and_goes_and_nothing_is_left(self):
        before = self.room.run("find", "/usr/local", "/etc/ld.so.conf.d", "-printf", "%p %y %l\n").stdout
        self.room.tool("activate", "--form", "shared", "--loader", "--library", COMPAT, "--gpu", "Tesla T4")
        self.assertEqual(self.room.run("readlink", "/usr/local/cuda-compat/current").stdout.strip(), COMPAT)
        self.assertEqual(self.queried(), "12.1")
        self.room.tool("deactivate")
        self.assertEqual(self.queried(), "11.4")
        self.assertEqual(self.room.run("find", "/usr/local", "/etc/ld.so.conf.d", "-printf", "%p %y %l\n").stdout, before)
        self.room.tool("deactivate")

    def test_without_the_loader_the_variable_names_the_link(self):
        told = self.room.tool("activate", "--form", "shared", "--library", COMPAT, "--gpu", "Tesla T4").stdout
        self.assertIn("export LD_LIBRARY_PATH=/usr/local/cuda-compat/current", told)
        self.assertEqual(self.queried(), "11.4")
        self.assertEqual(self.queried(LD_LIBRARY_PATH="/usr/local/cuda-compat/current"), "12.1")

    def test_after_a_driver_upgrade_the_check_says_remove_and_activation_is_refused(self):
        self.room.tool("activate", "--form", "shared", "--loader", "--library", COMPAT, "--gpu", "Tesla T4")
        self.room.kernel("535.54.03")
        done = self.room.tool("check", "--cuda", "12.1")
        self.assertIn("does harm now; run: cudnn-install compat deactivate", done.stdout)
        for form in ("shared", "sh", "tcl", "lua"):
            refused = self.room.tool("activate", "--form", form, "--library", COMPAT, "--gpu", "Tesla T4", check=False)
            self.assertEqual(refused.returncode, 21)
            self.assertIn("error 803", refused.stderr)

    def test_after_a_driver_upgrade_doctor_says_remove_and_a_refusal_says_that_nothing_is_needed(self):
        self.room.tool("activate", "--form", "shared", "--loader", "--library", COMPAT, "--gpu", "Tesla T4")
        doctor = ("cudnn-install", "doctor", "--only", "compat-harmful", "--json")
        self.assertEqual(json.loads(self.room.run(*doctor).stdout)["findings"], [])
        self.room.kernel("535.54.03")
        done = self.room.run(*doctor, check=False)
        found = json.loads(done.stdout)["findings"]
        self.assertEqual((done.returncode, len(found), found[0]["command"]), (1, 1, "cudnn-install compat deactivate"))
        self.assertIn("remove", found[0]["remedy"])
        self.assertIn("error 803", found[0]["what"])
        refused = self.room.tool("activate", "--library", COMPAT, "--gpu", "Tesla T4", "--cuda", "12.1", check=False)
        self.assertIn("hint: nothing: the driver serves by itself", refused.stderr)
        self.room.tool("deactivate")
        self.assertEqual(json.loads(self.room.run(*doctor).stdout)["findings"], [])
        self.room.put("etc/ld.so.conf.d/compat.conf", "# by hand\n" + COMPAT + "\n")
        found = json.loads(self.room.run(*doctor, check=False).stdout)["findings"]
        self.assertEqual([(each["evidence"][0]["file"], each["evidence"][0]["line"]) for each in found],
                         [("/etc/ld.so.conf.d/compat.conf", 2)])

    def test_what_would_harm_or_is_not_needed_is_not_activated(self):
        refused = self.room.tool("activate", "--form", "shared", "--library", COMPAT, "--gpu", "GeForce RTX 3090", check=False)
        self.assertEqual(refused.returncode, 21)
        self.assertIn("804", refused.stderr)
        told = self.room.tool("activate", "--form", "shared", "--cuda", "11.4", "--gpu", "Tesla T4").stdout
        self.assertIn("not needed", told)
        self.assertEqual(self.room.run("ls", "/usr/local/cuda-compat", check=False).returncode, 2)

    def test_what_is_not_ours_stays(self):
        self.room.put("etc/ld.so.conf.d/00-cuda-compat.conf", "/somewhere\n")
        refused = self.room.tool("activate", "--form", "shared", "--loader", "--gpu", "Tesla T4", check=False)
        self.assertEqual(refused.returncode, 17)
        self.assertEqual(self.room.tool("deactivate", check=False).returncode, 17)
        self.assertEqual(self.room.run("cat", "/etc/ld.so.conf.d/00-cuda-compat.conf").stdout, "/somewhere\n")


class Why(Machine):
    def why(self, *arguments, **variables):
        done = self.room.tool("why", "device_query", "--gpu", "Tesla T4", *arguments, "--json", check=False, **variables)
        record = json.loads(done.stdout)
        taken = [each["path"] for each in record["libcuda"] if each["taken"]]
        return done.returncode, record["verdict"], taken

    def test_the_program_gets_what_the_loader_takes(self):
        self.assertEqual(self.why(), (0, "right", ["/lib/x86_64-linux-gnu/libcuda.so.1"]))
        self.assertEqual(self.why("--cuda", "12.1", LD_LIBRARY_PATH=COMPAT), (0, "forward", [COMPAT + "/libcuda.so.1"]))
        self.room.kernel("535.54.03")
        self.assertEqual(self.why(LD_LIBRARY_PATH=COMPAT), (21, "harmful", [COMPAT + "/libcuda.so.1"]))

    def test_rpath_comes_before_the_variable_and_runpath_after_it(self):
        for option, first in (("--disable-new-dtags", "/opt/own"), ("--enable-new-dtags", COMPAT)):
            program = Path(self.folder.name, "linked")
            room.compiled("device_query.c", program, "-ldl", "-Wl,-rpath,/opt/own", f"-Wl,{option}")
            self.room.put("opt/tool/device_query", program.read_bytes(), 0o755)
            self.room.put("opt/own/libcuda.so.1", self.driver.read_bytes())
            self.assertEqual(self.why(LD_LIBRARY_PATH=COMPAT)[2][0], first + "/libcuda.so.1")
            query = self.queried(LD_LIBRARY_PATH=COMPAT)
            self.assertEqual(query, "11.4" if first == "/opt/own" else "12.1")

    def test_the_programs_own_directory_is_filled_in(self):
        program = Path(self.folder.name, "linked")
        for path in ("$ORIGIN/../own", "${ORIGIN}/../own"):
            room.compiled("device_query.c", program, "-ldl", f"-Wl,-rpath,{path}")
            self.room.put("opt/tool/device_query", program.read_bytes(), 0o755)
            self.room.put("opt/own/libcuda.so.1", self.driver.read_bytes())
            self.assertEqual(os.path.normpath(self.why()[2][0]), "/opt/own/libcuda.so.1")

    def test_a_running_process_shows_what_it_has_mapped(self):
        library = Path(self.folder.name, "libcuda.so.1")
        if not library.exists():
            library.symlink_to(self.driver.name)
        with subprocess.Popen([self.program, "wait"], env={"LD_LIBRARY_PATH": self.folder.name}, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            for driver, code, verdict in (("470.57.02", 0, "right"), ("535.54.03", 21, "harmful")):
                done = subprocess.run([room.TOOL, "compat", "why", str(process.pid), "--driver", driver, "--cuda", "11.4", "--json"],
                                      capture_output=True, text=True, check=False)
                record = json.loads(done.stdout)
                self.assertEqual((done.returncode, record["verdict"]), (code, verdict))
                self.assertEqual([each["path"] for each in record["libcuda"]], [str(self.driver)])
            process.kill()


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("not run: overlay mounts need root")
        sys.exit(77)
    unittest.main()
