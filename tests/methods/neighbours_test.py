"""What stands beside an installation: an older version, another product from the same source, what the user holds. It stays."""

import os
import unittest

from home import NEW, OLD, Home, RedHat, packs

NINE = "9.0.0.312"
NINE_PACKAGES = ("libcudnn9-cuda-12", "libcudnn9-headers-cuda-12", "libcudnn9-dev-cuda-12", "libcudnn9-samples")


class Neighbours(Home):
    BUILDS = (OLD, NEW)
    source = "/etc/apt/sources.list.d/cuda-debian12-x86_64.list"

    def setUp(self):
        super().setUp()
        self.open_home()

    def of_nine(self):
        """Packages that are nothing but their names and version."""
        return [packs.deb_of(name, f"{NINE}-1", self.given) for name in NINE_PACKAGES]

    def nine(self):
        return [line for line in self.installed() if line.split()[0] in NINE_PACKAGES]

    def with_both(self):
        """A mirror with both products."""
        self.builds[NINE] = self.of_nine()
        self.addCleanup(self.builds.pop, NINE, None)
        self.published(OLD, NINE)
        words = self.from_network(OLD)
        words[words.index("8.9.6.50")], words[words.index("12.2")] = NINE, "12"
        return self.from_network(OLD), words

    def known(self):
        """Versions by the receipts, and whether source and key of the mirror are there."""
        versions = sorted(each["version"] for each in self.records())
        return versions, os.path.exists(self.home.path(self.source))

    def test_two_products_share_a_source_which_goes_with_the_second(self):
        eight, nine = self.with_both()
        before = self.state()
        for first, second in (("8.9", "9.0"), ("9.0", "8.9")):
            self.must_run(*eight)
            alone = self.state()
            self.must_run(*nine)
            self.assertEqual((["8.9.6.50", NINE], True), self.known())
            done = self.must_run("uninstall", "--yes", "--method", self.network, "--cudnn", first)
            self.assertEqual(([NINE if first == "8.9" else "8.9.6.50"], True), self.known(), done.stderr)
            self.assertEqual((first == "8.9", first == "9.0"), (self.ours() == [], self.nine() == []))
            if first == "9.0":
                self.assert_state(alone)
                self.assertEqual(0, self.tool_run("verify").returncode)
            else:
                self.refreshes()
            self.must_run("uninstall", "--yes", "--method", self.network, "--cudnn", second)
            self.assertEqual(([], False), self.known())
            self.assert_state(before)

    def seven(self):
        """As its packages of that time left it; answers what the database says of it."""
        path = packs.deb_of("libcudnn7", "7.6.5.32-1+cuda10.2", self.given)
        packs.run("cp", path, self.home.path("/seven.deb"))
        self.home.must("dpkg", "-i", "/seven.deb")
        return "libcudnn7 7.6.5.32-1+cuda10.2"

    def test_from_7_to_8_nothing_older_is_deleted(self):
        self.published(OLD)
        seven = self.seven()
        before = self.state()
        self.must_run(*self.from_network(OLD))
        self.expect(OLD)
        self.assertIn(seven, self.installed())
        self.must_run("uninstall", "--yes")
        self.assert_state(before)
        self.assertIn(seven, self.installed())

    def refreshes(self):
        """What is left of the source still works."""
        self.assertNotRegex(self.home.must("apt-get", "update"), r"(?m)^[WE]:")

    def by_hand(self, full):
        """As a user who has the repository already."""
        self.home.must("mkdir", "-p", "/etc/apt/keyrings")
        self.home.must("cp", self.key_file, "/etc/apt/keyrings/mine.asc")
        self.home.write("/etc/apt/sources.list.d/mine.list", "deb [signed-by=/etc/apt/keyrings/mine.asc] "
                                                             f"{self.server.url}/{self.distro}/x86_64 /\n")
        self.home.must("apt-get", "update")
        self.home.must("apt-get", "install", "-y", *(f"{name}={full}" for name in self.PACKAGES))

    def hold(self, *names):
        self.home.must("apt-mark", "hold", *names)

    def held(self):
        return self.home.must("apt-mark", "showhold").split()

    def test_the_user_s_own_hold_keeps_the_version_and_outlives_us(self):
        self.published(OLD, NEW)
        self.by_hand(NEW)
        self.hold(*self.PACKAGES)
        before, held = self.state(), self.held()
        self.assertEqual(3, len(held), held)
        self.home.must("rm", *self.of_the_user())
        done = self.tool_run(*self.from_network(OLD))
        self.assertIn(done.returncode, (17, 18), done.stderr)
        self.assertRegex(done.stderr, "held|lock")
        self.assertEqual((held, sorted(set(before["packages"]))), (self.held(), self.installed()))
        self.must_run(*self.from_network(NEW))
        self.expect(NEW)
        self.must_run("uninstall", "--yes")
        self.expect(NEW)
        self.assertEqual(held, self.held())
        self.assertEqual(before["packages"], self.installed())
        self.assertEqual(before["manual"], self.manual())

    @staticmethod
    def of_the_user():
        """One address with two keyrings is apt's own refusal."""
        return ["/etc/apt/sources.list.d/mine.list"]


class Bookworm(Neighbours):
    pass


class Rhel(RedHat, Neighbours):
    source = "/etc/yum.repos.d/cuda-rhel9.repo"

    def of_nine(self):
        names = [name.replace("-dev-", "-devel-") for name in NINE_PACKAGES]
        return [self.rpm_of(name) for name in names]

    def seven(self):
        packs.run("cp", self.rpm_of("libcudnn7", "7.6.5.32"), self.home.path("/seven.rpm"))
        self.home.must("rpm", "-i", "/seven.rpm")
        return "libcudnn7 7.6.5.32-1"

    def rpm_of(self, name, version=NINE):
        """The same as rpm."""
        text = f"Name: {name}\nVersion: {version}\nRelease: 1\nSummary: cuDNN\nLicense: none\n%description\ncuDNN\n%files\n"
        scratch = os.path.join(self.scratch, name)
        os.makedirs(scratch, exist_ok=True)
        return packs._rpmbuild(text, "x86_64", scratch, self.given)[0]

    def nine(self):
        return [line for line in self.installed() if line.startswith("libcudnn9")]

    def refreshes(self):
        self.home.must("dnf", "-y", "--disablerepo=*", "--enablerepo=cuda-rhel9-x86_64", "makecache")

    def by_hand(self, full):
        self.home.must("rpm", "--import", self.key_file)
        self.home.write("/etc/yum.repos.d/mine.repo", f"[mine]\nname=mine\nbaseurl={self.server.url}/{self.distro}/x86_64\n"
                                                      f"enabled=1\ngpgcheck=1\ngpgkey=file://{self.key_file}\n")
        self.home.must("dnf", "-y", "install", *(f"{name}-{self.version(full)}" for name in self.PACKAGES))

    def hold(self, *names):
        self.home.must("dnf", "-y", "versionlock", "add", *names)

    def held(self):
        return sorted(line for line in self.home.must("dnf", "-q", "versionlock", "list").splitlines() if "libcudnn" in line)

    def locks(self):
        return self.held()

    def state(self):
        """dnf drops the comments of its list when an entry goes, so that the entries alone are compared."""
        state = super().state()
        state["files"] = [line for line in state["files"] if not line.startswith("/etc/dnf/plugins/versionlock.list ")]
        return state

    @staticmethod
    def of_the_user():
        return ["/etc/yum.repos.d/mine.repo"]


if __name__ == "__main__":
    unittest.main()
