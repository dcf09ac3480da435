#!/usr/bin/env python3
"""switch on a real system: packages of three major versions register themselves, and the plain names follow the choice."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ward  # noqa: E402
import packs  # noqa: E402

LIBRARY = "/usr/lib/x86_64-linux-gnu"


class Switch(ward.Ward):
    suite = "bookworm"

    def setUp(self):
        super().setUp()
        self.home(self.suite)

    def register(self, major):
        header = f"/usr/include/cudnn_v{major}.h"
        for name in (header, f"{LIBRARY}/libcudnn.so.{major}", f"{LIBRARY}/libcudnn_static_v{major}.a"):
            self.ward.write(name, f"{major}\n")
        self.ward.must("update-alternatives", "--install", "/usr/include/cudnn.h", "libcudnn", header, str(major * 10000),
                       "--slave", f"{LIBRARY}/libcudnn.so", "libcudnn_so", f"{LIBRARY}/libcudnn.so.{major}",
                       "--slave", f"{LIBRARY}/libcudnn_static.a", "libcudnn_stlib", f"{LIBRARY}/libcudnn_static_v{major}.a")

    def switch(self, *arguments):
        done = self.run_tool("switch", "--json", *arguments)
        return done.returncode, json.loads(done.stdout), done.stderr

    def group(self, major, mode, *registered):
        """What a record says of the group where `major` is in front."""
        return {"mode": mode, "value": f"/usr/include/cudnn_v{major}.h", "major": major,
                "choices": [{"path": f"/usr/include/cudnn_v{each}.h", "major": each, "priority": each * 10000,
                             "slaves": {"libcudnn_so": f"{LIBRARY}/libcudnn.so.{each}",
                                        "libcudnn_stlib": f"{LIBRARY}/libcudnn_static_v{each}.a"}} for each in registered]}

    def front(self):
        """What a compiler and a linker get."""
        return [self.ward.must("cat", name).strip()
                for name in ("/usr/include/cudnn.h", f"{LIBRARY}/libcudnn.so", f"{LIBRARY}/libcudnn_static.a")]

    def test_the_plain_names_follow_the_choice_and_auto_gives_the_newest(self):
        for major in (7, 8, 9):
            self.register(major)
        for arguments, major in ((("--to", "8"), 8), (("--to", "7"), 7), (("--to", "9"), 9), (("--to", "8"), 8), (("--auto",), 9)):
            code, record, _ = self.switch("--dry-run", *arguments)
            foreseen = (record["change"], record["after"])
            self.assertEqual((code, record["change"]), (0, "made"))
            code, record, _ = self.switch(*arguments)
            self.assertEqual((0, foreseen, [str(major)] * 3), (code, (record["change"], record["after"]), self.front()))
            said = self.ward.must("update-alternatives", "--query", "libcudnn")
            self.assertIn(f"Value: /usr/include/cudnn_v{major}.h", said)
            self.assertIn("Status: " + ("auto" if arguments == ("--auto",) else "manual"), said)
            before = self.state()
            self.assertEqual("none", self.switch(*arguments)[1]["change"])
            self.assertEqual(before, self.state())

    def test_the_record_has_the_whole_group_before_and_after(self):
        self.register(8)
        self.register(9)
        nine, eight = self.group(9, "automatic", 8, 9), self.group(8, "manual", 8, 9)
        for arguments in (("--dry-run", "--to", "8"), ("--to", "8")):
            code, record, said = self.switch(*arguments)
            self.assertEqual((0, ""), (code, said))
            self.assertEqual({"schema": 1, "change": "made", "before": nine, "after": eight}, self.sorted(record))
        record = self.switch("--to", "8")[1]
        self.assertEqual({"schema": 1, "change": "none", "before": eight, "after": eight}, self.sorted(record))
        record = self.switch("--auto")[1]
        self.assertEqual({"schema": 1, "change": "made", "before": eight, "after": nine}, self.sorted(record))

    @staticmethod
    def sorted(record):
        """The order of choices is the system's own affair."""
        for group in (record["before"], record["after"]):
            group["choices"].sort(key=lambda choice: choice["major"])
        return record

    def test_below_another_root_its_own_alternatives_change_and_this_system_s_do_not(self):
        self.register(8)
        self.register(9)
        here = subprocess.run(["update-alternatives", "--get-selections"], capture_output=True, check=True).stdout
        root = self.ward.path("/").rstrip("/")
        for arguments, major in ((("--to", "8"), "8"), (("--auto",), "9")):
            done = subprocess.run([ward.TOOL, "switch", "--json", "--root", root, *arguments], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, check=False)
            self.assertEqual((0, "made"), (done.returncode, json.loads(done.stdout)["change"]), done.stderr)
            self.assertEqual([major] * 3, self.front())
        self.assertEqual(here, subprocess.run(["update-alternatives", "--get-selections"], capture_output=True, check=True).stdout)

    def test_roots_that_cannot_be_asked_are_refused_by_what_they_lack(self):
        with tempfile.TemporaryDirectory(dir=self.scratch) as root:
            for code, words in ((21, "neither update-alternatives nor alternatives"), (21, "do not run on this machine")):
                done = subprocess.run([ward.TOOL, "switch", "--to", "8", "--root", root], stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, check=False)
                self.assertEqual(code, done.returncode, done.stderr)
                self.assertIn(words, done.stderr)
                packs.write(f"{root}/usr/bin/update-alternatives", "\x7fELF of another machine")
                os.chmod(f"{root}/usr/bin/update-alternatives", 0o755)
        done = subprocess.run([ward.TOOL, "switch", "--to", "8", "--root", f"{self.scratch}/none"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        self.assertEqual(2, done.returncode, done.stderr)

    def test_what_is_not_registered_is_refused_with_the_list_of_what_is(self):
        code, _, said = self.switch("--to", "8")
        self.assertEqual(21, code)
        self.assertIn("no version of cuDNN is registered", said)
        self.register(8)
        self.register(9)
        before = self.state()
        code, _, said = self.switch("--to", "7")
        self.assertEqual(21, code)
        self.assertIn("8 (/usr/include/cudnn_v8.h), 9 (/usr/include/cudnn_v9.h)", said)
        for wrong in ((), ("--to", "8", "--auto"), ("--to", "8.9")):
            self.assertEqual(2, self.switch(*wrong)[0])
        self.assertEqual(before, self.state())

    def test_the_text_shows_what_leads_where_before_and_after(self):
        self.register(8)
        self.register(9)
        said = self.run_tool("switch", "--to", "8").stdout
        self.assertEqual("switched:\n  libcudnn: /usr/include/cudnn_v9.h -> /usr/include/cudnn_v8.h\n"
                         f"  libcudnn_so: {LIBRARY}/libcudnn.so.9 -> {LIBRARY}/libcudnn.so.8\n"
                         f"  libcudnn_stlib: {LIBRARY}/libcudnn_static_v9.a -> {LIBRARY}/libcudnn_static_v8.a\n"
                         "  mode: automatic -> manual\n", said)


if __name__ == "__main__":
    unittest.main()
