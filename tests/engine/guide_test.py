"""The guide's own commands and the tool leave the same tree, and so do the plans that the tool prints."""

import os
import subprocess
import unittest

import rig

BY_HAND = """set -eu
umask 022
mkdir "$2"
cd "$2"
tar -xf "$1"
cp cudnn-*-archive/include/cudnn*.h "$3/include"
cp -P cudnn-*-archive/lib/libcudnn* "$3/lib64"
chmod a+r "$3/include"/cudnn*.h "$3/lib64"/libcudnn*
"""
RELEASES = [("8.9.6.50", "11"), ("8.9.6.50", "12"), ("8.9.7.29", "12"), ("9.19.0.56", "13")]


def plain(scratch):
    """A directory with include and lib64. Answers what to install into."""
    for name in ("include", "lib64"):
        os.mkdir(os.path.join(scratch.prefix, name))
    return scratch.prefix


def toolkit(scratch):
    """As NVIDIA's packages lay it out: the directories are links into targets, and the prefix itself is one."""
    place = os.path.join(scratch.prefix, "cuda-13.0")
    for name in ("include", "lib"):
        os.makedirs(os.path.join(place, "targets", "x86_64-linux", name))
    os.symlink("targets/x86_64-linux/include", os.path.join(place, "include"))
    os.symlink("targets/x86_64-linux/lib", os.path.join(place, "lib64"))
    rig.write(os.path.join(place, "include", "cuda.h"), "/* the toolkit's */\n")
    os.symlink("cuda-13.0", os.path.join(scratch.prefix, "cuda"))
    return os.path.join(scratch.prefix, "cuda")


class BesideTheGuide(rig.Case):
    def by_hand(self, archive, lay_out):
        scratch = self.new_rig()
        work = os.path.join(scratch.scratch, "work")
        subprocess.run(["/bin/sh", "-c", BY_HAND, "sh", archive.path, work, lay_out(scratch)], check=True)
        return scratch

    def assert_same(self, left, right):
        done = subprocess.run(["diff", "-r", "--no-dereference", "-x", rig.STATE_NAME, left.prefix, right.prefix],
                              capture_output=True, text=True, check=False)
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))
        self.assertEqual(rig.listing_of(left.prefix), rig.listing_of(right.prefix))


class Guide(BesideTheGuide):
    """The tool itself."""

    def check(self, archive, lay_out):
        expected, scratch = self.by_hand(archive, lay_out), self.new_rig()
        scratch.install(archive, prefix=lay_out(scratch))
        self.assert_same(expected, scratch)

    def test_every_release_into_a_plain_directory(self):
        for release in RELEASES:
            with self.subTest(release):
                self.check(rig.Archive(*release), plain)

    def test_every_release_into_a_toolkit_of_links(self):
        for release in RELEASES:
            with self.subTest(release):
                self.check(rig.Archive(*release), toolkit)

    def test_every_compression(self):
        for compression in ("gz", "zst", "xz-one-block"):
            for lay_out in (plain, toolkit):
                with self.subTest(compression=compression, lay_out=lay_out.__name__):
                    self.check(rig.Archive("8.9.6.50", "12", "--compression", compression), lay_out)

    def test_the_callers_umask_changes_nothing(self):
        archive = rig.Archive("8.9.6.50", "12")
        expected, scratch = self.by_hand(archive, plain), self.new_rig()
        plain(scratch)
        scratch.install(archive, before=["/bin/sh", "-c", 'umask 077; exec "$@"', "sh"])
        self.assert_same(expected, scratch)


class Plans(BesideTheGuide):
    """The printed plans, run by a real shell."""

    def text_of(self, scratch, archive, form, prefix):
        options = [option for option in archive.options() if option != "--yes"]
        return scratch.must("plan", *options, "--format", form, prefix=prefix).stdout

    def run_text(self, scratch, text):
        done = subprocess.run(["/bin/sh"], input=text, capture_output=True, text=True, cwd=scratch.scratch, check=False)
        self.assertEqual(0, done.returncode, done.stderr + text)

    def check_over(self, before, after):
        expected, scratch = self.new_rig(), self.new_rig()
        for each in (expected, scratch):
            plain(each)
            each.install(before)
        expected.install(after)
        self.run_text(scratch, self.text_of(scratch, after, "sh", scratch.prefix))
        self.assert_same(expected, scratch)

    def test_the_shell_plan_on_a_fresh_prefix(self):
        for release in RELEASES:
            for lay_out in (plain, toolkit):
                with self.subTest(release=release, lay_out=lay_out.__name__):
                    archive = rig.Archive(*release)
                    expected, scratch = self.by_hand(archive, lay_out), self.new_rig()
                    self.run_text(scratch, self.text_of(scratch, archive, "sh", lay_out(scratch)))
                    self.assert_same(expected, scratch)

    def test_the_shell_plan_over_what_the_tool_installed_before(self):
        extra = rig.Archive("8.9.6.50", "12", "--extra", "libcudnn_spare_train")
        nine = rig.Archive("9.19.0.56", "13")
        for before, after in ((rig.Archive("8.9.6.50", "11"), rig.Archive("8.9.6.50", "12")),
                              (rig.Archive("8.9.6.50", "12"), rig.Archive("8.9.7.29", "12")),
                              (extra, rig.Archive("8.9.7.29", "12")), (rig.Archive("8.9.7.29", "12"), nine)):
            with self.subTest(before=before.path, after=after.path):
                self.check_over(before, after)

    def test_the_shell_plan_over_another_build_of_the_same_version_removes_what_that_has_too_many(self):
        self.check_over(rig.Archive("8.9.6.50", "12", "--extra", "libcudnn_spare_train"), rig.Archive("8.9.6.50", "12"))

    def test_the_shell_plan_quotes_names_that_a_shell_would_take_apart(self):
        archive, name = rig.Archive("8.9.6.50", "12"), "a b'$(touch evil)\"c;*"
        expected, scratch = self.new_rig(), self.new_rig()
        for each in (expected, scratch):
            os.mkdir(os.path.join(each.prefix, name))
        expected.install(archive, prefix=os.path.join(expected.prefix, name))
        self.run_text(scratch, self.text_of(scratch, archive, "sh", os.path.join(scratch.prefix, name)))
        self.assert_same(expected, scratch)
        self.assertFalse(os.path.exists(os.path.join(scratch.scratch, "evil")))

    def test_the_lines_for_a_dockerfile(self):
        """COPY is done by hand, into a directory of the test in place of the image's."""
        archive = rig.Archive("8.9.6.50", "12")
        expected, scratch = self.by_hand(archive, plain), self.new_rig()
        lines = self.text_of(scratch, archive, "dockerfile", scratch.prefix).splitlines()
        self.assertIn(f"COPY {os.path.basename(archive.path)} /tmp/cudnn-install/", lines)
        image = os.path.join(scratch.scratch, "image")
        os.mkdir(image)
        subprocess.run(["cp", archive.path, image], check=True)
        start = next(number for number, line in enumerate(lines) if line.startswith("RUN "))
        text = "\n".join(lines[start:])[len("RUN "):].replace("/tmp/cudnn-install", image)
        self.run_text(scratch, text + "\n")
        self.assert_same(expected, scratch)
        self.assertFalse(os.path.exists(image))


if __name__ == "__main__":
    unittest.main()
