"""Receipts, journals, notes and recipes that somebody made or changed: believed only as they were written, and by whom.

  records_test.py [--every 997]: at every how many bytes a journal is cut
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import unittest

import kill_sweep
import rig

STRANGER = 12345
EVERY = 997
CHANGING = (["uninstall", "--yes"], ["rollback", "--yes"])


def sealed(body):
    """A record as the tool writes it: its own digest is the last field."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return json.dumps({**body, "digest": digest}, indent=1, ensure_ascii=False) + "\n"


class RecordCase(rig.Case):
    def setUp(self):
        super().setUp()
        self.rig.install(rig.Archive())
        self.records = os.path.join(self.rig.prefix, rig.STATE_NAME)
        self.receipt = os.path.join(self.records, "receipt.json")
        self.journal = os.path.join(self.records, "journal")
        self.outside = rig.write(os.path.join(self.rig.scratch, "outside", "passwd"), "not ours")

    def everything(self):
        tree = rig.tree_of(self.rig.scratch, times=True, records=True)
        return {name: "a lock" if name.endswith("/lock") or "/locks/" in name else entry for name, entry in tree.items()
                if not name.endswith(("receipt.json", "journal"))}

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def refused(self, code, arguments, *texts):
        """Code and words, and nothing changed. None of the commands hangs."""
        before = self.everything()
        done = self.rig.run(*arguments, timeout=60)
        self.assert_ends(code, done)
        for text in texts:
            self.assertIn(text, done.stderr)
        self.assert_tree(before, self.everything())

    def all_refuse(self, code, *texts):
        for arguments in (*CHANGING, ["verify"], ["status"], ["install", *rig.Archive("8.9.7.29", "12").options()]):
            with self.subTest(arguments[0]):
                self.refused(code, arguments, *texts)


class Receipts(RecordCase):
    def edit(self, change, seal=True):
        body = self.read(self.receipt)
        digest = body.pop("digest")
        change(body)
        rig.write(self.receipt, sealed(body) if seal else json.dumps({**body, "digest": digest}))

    def paths(self, body):
        return body["installations"][0]["paths"]

    def test_the_seal_is_made_here_as_the_tool_makes_it(self):
        self.edit(lambda body: None)
        self.rig.must("verify")

    def test_case_072_receipt_edited_by_hand(self):
        self.edit(lambda body: self.paths(body)[0].update(path="include/mine.h"), seal=False)
        self.all_refuse(17, "the receipt '", "is damaged", "move the .cudnn-install directory aside")

    def test_case_073_receipt_that_names_files_elsewhere(self):
        names = ("/etc/passwd", "../outside/passwd", "include/../../outside/passwd", "include//passwd", "", "..",
                 "include/a\nb")
        for name in names:
            with self.subTest(name):
                self.edit(lambda body, name=name: self.paths(body)[0].update(path=name))
                self.refused(17, ["uninstall", "--yes"], "is damaged", "is not a path inside the prefix")
        self.assertTrue(os.path.exists(self.outside))

    def test_case_073_receipt_that_names_a_file_of_the_toolkit(self):
        compiler = rig.write(os.path.join(self.rig.prefix, "include", "cuda.h"), "the toolkit's")
        entry = self.paths(self.read(self.receipt))[0]
        self.edit(lambda body: self.paths(body).append({**entry, "path": "include/cuda.h"}))
        self.rig.must("uninstall", "--yes")
        with open(compiler, encoding="utf-8") as file:
            self.assertEqual("the toolkit's", file.read())

    def test_case_074_receipt_that_is_no_file_of_ours(self):
        whole = self.receipt + ".whole"
        os.rename(self.receipt, whole)

        def of_a_stranger():
            shutil.copy(whole, self.receipt)
            os.chown(self.receipt, STRANGER, STRANGER)

        def open_to_all():
            shutil.copy(whole, self.receipt)
            os.chmod(self.receipt, 0o664)

        kinds = {"a link": lambda: os.symlink(whole, self.receipt), "a pipe": lambda: os.mkfifo(self.receipt),
                 "a directory": lambda: os.mkdir(self.receipt), "writable by a group": open_to_all}
        if os.geteuid() == 0:
            kinds["a stranger's"] = of_a_stranger
        for name, make in kinds.items():
            with self.subTest(name):
                make()
                self.refused(17, ["uninstall", "--yes"], "receipt.json'")
                self.refused(17, ["status"], "receipt.json'")
                shutil.rmtree(self.receipt) if name == "a directory" else os.remove(self.receipt)

    def test_case_075_receipt_of_a_newer_program(self):
        for schema in (2, 4294967295):
            self.edit(lambda body, schema=schema: body.update(schema=schema))
            self.all_refuse(21, f"has schema {schema}, this program reads 1", "newer")

    def test_receipts_that_no_program_wrote(self):
        deep = "[" * 200_000
        texts = {"nothing": "", "text": "hello", "binary": b"\x00\xff" * 999, "a list": "[]", "deep": deep,
                 "deep and ended": deep + "]" * 200_000, "deep and sealed": '{"digest": "x", "a": ' + deep + "]" * 200_000 + "}", "a number": "1e999",
                 "not UTF-8": b'{"digest": "\xff"}', "65 MiB": b" " * (65 << 20)}
        for name, text in texts.items():
            with self.subTest(name):
                rig.write(self.receipt, text)
                self.refused(17, ["uninstall", "--yes"], "receipt.json'")

    def test_sealed_receipts_with_impossible_values(self):
        def entry(**change):
            return lambda body: self.paths(body)[0]["entry"].update(change)

        changes = [entry(mode=-1), entry(mode=0o10000), entry(size=-1), entry(size=1.5), entry(size=True),
                   entry(mtime="now"), entry(inode=1e300), entry(type="device"), entry(sha256="00"), lambda body: body.update(schema=-1),
                   lambda body: body.update(created=["../x"]), lambda body: body.update(installations={}),
                   lambda body: body.update(schema="1"), lambda body: body.pop("id")]
        whole = self.read(self.receipt)
        for number, change in enumerate(changes):
            with self.subTest(number):
                rig.write(self.receipt, json.dumps(whole))
                self.edit(change)
                self.refused(17, ["uninstall", "--yes"], "is damaged")


class Journals(RecordCase):
    """A run that was killed in the midst of its moves has left a journal."""

    def setUp(self):
        super().setUp()
        self.newer = ["install", *rig.Archive("8.9.7.29", "12").options()]
        self.rig.save()
        renames = [call for call in kill_sweep.calls_of(self.rig, self.newer) if call[0].startswith("renameat")]
        fresh = self.rig.tree()
        self.rig.restore()
        self.rig.run(*self.newer, before=kill_sweep.Killer("strace").at(renames[len(renames) // 2]))
        with open(self.journal, "rb") as file:
            self.whole = file.read()
        self.new = fresh

    def settles(self):
        rig.write(self.journal, self.whole)
        self.rig.must(*self.newer)
        self.assert_tree(self.new, self.rig.tree())
        self.assertEqual([], self.rig.leftovers())

    def test_case_076_journal_cut_at_many_bytes(self):
        before = self.everything()
        for length in [*range(0, len(self.whole) - 1, EVERY), len(self.whole) - 2]:
            with self.subTest(length):
                rig.write(self.journal, self.whole[:length])
                done = self.rig.run("uninstall", "--yes")
                self.assert_ends(20, done)
                self.assertIn(f"the journal '{self.journal}' is damaged", done.stderr)
        self.assert_tree(before, self.everything())
        self.settles()

    def test_case_077_journal_that_names_a_staged_file_that_is_gone(self):
        stage = next(os.path.join(folder, name) for folder, names, _ in os.walk(self.rig.prefix) for name in names
                     if name.startswith(rig.STATE_NAME + "-") and folder.endswith("lib64"))
        staged = os.path.join(stage, "new")
        # A file, not a link: one that says the same as the old one has nowhere to go.
        name = next(name for name in sorted(os.listdir(staged)) if not os.path.islink(os.path.join(staged, name)))
        os.rename(os.path.join(staged, name), os.path.join(self.rig.scratch, name))
        self.refused(20, self.newer, "or their new content is out of reach", f"lib64/{name}", "still as before", "done")
        os.rename(os.path.join(self.rig.scratch, name), os.path.join(staged, name))
        self.settles()

    def test_case_078_journal_of_another_prefix(self):
        other = os.path.join(self.rig.scratch, "other")
        os.mkdir(other)
        self.rig.install(rig.Archive(), prefix=other)
        rig.write(os.path.join(other, rig.STATE_NAME, "journal"), self.whole)
        before = rig.tree_of(other, times=True)
        done = self.rig.run("uninstall", "--yes", prefix=other)
        self.assert_ends(20, done)
        self.assert_tree(before, rig.tree_of(other, times=True))

    def test_journals_that_are_no_files_of_ours(self):
        os.rename(self.journal, self.journal + ".whole")
        kinds = {"a link": lambda: os.symlink(self.journal + ".whole", self.journal),
                 "a pipe": lambda: os.mkfifo(self.journal),
                 "a directory": lambda: os.mkdir(self.journal)}
        for name, make in kinds.items():
            with self.subTest(name):
                make()
                self.refused(17, self.newer, "journal'")
                os.rmdir(self.journal) if name == "a directory" else os.remove(self.journal)
        os.remove(self.journal + ".whole")
        self.settles()

    def test_sealed_journals_with_names_that_lead_out(self):
        body = json.loads(self.whole)
        body.pop("digest")
        changes = {"a name": lambda body: body["changes"][0].update(name="../../outside/passwd"),
                   "a directory": lambda body: body["directories"][0].update(name="../outside"),
                   "where it leads": lambda body: body["directories"][0].update(path=os.path.dirname(self.outside)),
                   "what was kept": lambda body: body["changes"][0].update(kept="../../outside/passwd"),
                   "the transaction": lambda body: body.update(transaction="../../outside"),
                   "a place in a list": lambda body: body["changes"][0].update(directory=99),
                   "a negative place": lambda body: body["changes"][0].update(directory=-1)}
        for name, change in changes.items():
            with self.subTest(name):
                edited = json.loads(json.dumps(body))
                change(edited)
                rig.write(self.journal, sealed(edited))
                self.refused(20, self.newer)
        self.settles()


class Notes(RecordCase):
    """The index names prefixes; what lies in it is read by every changing run."""

    def test_notes_that_somebody_made_are_passed_over(self):
        index, name = os.path.join(self.rig.state, "index"), "f" * 32
        note = {"schema": 1, "id": name, "root": "/", "prefix": os.path.dirname(self.outside), "open": True,
                "created": ["../prefix"], "directories": {}}
        place = os.path.join(index, name)
        empty = os.path.join(self.rig.scratch, "empty")
        os.mkdir(empty)
        kinds = {"edited": lambda: rig.write(place, json.dumps(note)),
                 "a link": lambda: os.symlink(self.outside, place), "a pipe": lambda: os.mkfifo(place),
                 "leads out": lambda: rig.write(place, sealed({**note, "created": ["../empty"]})),
                 "deep": lambda: rig.write(place, "[" * 200_000),
                 "another name": lambda: rig.write(place, sealed({**note, "id": "e" * 32}))}
        for kind, make in kinds.items():
            with self.subTest(kind):
                make()
                self.assert_ends(0, self.rig.run("uninstall", "--yes", prefix=empty, timeout=60))
                self.assertTrue(os.path.isdir(empty) and os.path.exists(self.outside))
                os.remove(place)


class Recipes(RecordCase):
    def test_case_079_recipes_that_would_be_commands_in_a_shell(self):
        """Texts of the recipes of distribution, method and product, each a command in turn."""
        canary = os.path.join(self.rig.scratch, "canary")
        evil = f"$(touch {canary}) `touch {canary}`; touch {canary} & | touch {canary} > {canary} ' \\\" "
        recipes = os.path.join(self.rig.scratch, "recipes")
        for name in ("distros/debian12.yaml", "methods/tar.yaml", "products/cudnn8.yaml"):
            with open(os.path.join(rig.SOURCE, "recipes", name), encoding="utf-8") as file:
                lines = file.read().splitlines()
            for number, line in list(enumerate(lines))[::4]:
                if not line.startswith(("title:", "product:", "method:")) and ": " not in line:
                    continue
                with self.subTest(name, line=number + 1):
                    shutil.rmtree(recipes, ignore_errors=True)
                    shutil.copytree(os.path.join(rig.SOURCE, "recipes"), recipes, ignore=shutil.ignore_patterns("releases"))
                    key = line.split(": ", 1)[0]
                    rig.write(os.path.join(recipes, name), "\n".join(
                        [*lines[:number], f'{key}: "{evil}"', *lines[number + 1:]]) + "\n")
                    self.tried(recipes, canary)

    def tried(self, recipes, canary):
        prefix = os.path.join(self.rig.scratch, "another")
        done = self.rig.run("install", *rig.Archive().options(), "--recipes", recipes, prefix=prefix)
        self.assertIn(done.returncode, (0, 10, 11, 21), done.stderr)
        if done.returncode == 0:
            self.rig.must("uninstall", "--yes", prefix=prefix)
        self.rig.run("plan", *rig.Archive().options()[:-1], "--recipes", recipes, prefix=prefix)
        self.assertFalse(os.path.exists(canary))


if __name__ == "__main__":
    rig.need("strace")
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=EVERY)
    options, others = parser.parse_known_args()
    EVERY = options.every
    unittest.main(argv=[sys.argv[0], *others])
