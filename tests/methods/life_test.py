"""Each method on the real package managers: installed, proven, repeated, upgraded, taken back a version, uninstalled; and
the system is as before."""

import unittest

import home
from home import ELEVEN, NEW, OLD, Home, Leap, RedHat


class Life(Home):
    loads_here = True  # the tool brings its own C library, with which a system's libraries load only if theirs is like it

    label = None  # what /etc/os-release says, where the system is made to look like another

    def setUp(self):
        super().setUp()
        self.open_home()
        if self.label:
            name, version, like = self.label
            self.home.write("/etc/os-release", f'ID={name}\nID_LIKE="{like}"\nVERSION_ID="{version}"\nNAME="{name}"\n')

    def proven(self, full):
        """The database, the receipt, and each library opened in a child."""
        self.expect(full)
        done = self.must_run("verify", *(["--load"] if self.loads_here else []))
        if self.loads_here:
            self.assertRegex(done.stdout, "loads: cuDNN " + full[:5])
        else:
            self.each_library_loads()
        self.assertIn("all as installed", done.stdout)
        self.assertEqual(full.split("-")[0], self.records()[0]["version"])

    def each_library_loads(self):
        """By the system's own loader, which only complains of a library that it cannot preload."""
        listed = self.home.must(*(["dpkg-query", "-L"] if self.family == "deb" else ["rpm", "-ql"]), "libcudnn8").split()
        names = [path for path in listed if ".so." in path]
        self.assertTrue(names)
        for name in names:
            done = self.home.run("/bin/true", environment={"LD_PRELOAD": name, "LD_BIND_NOW": "1"})
            self.assertEqual((0, ""), (done.returncode, done.stderr))

    def whole_life(self, way, versions):
        before = self.state()
        for full in versions:
            self.must_run(*way(full))
            self.proven(full)
            standing = self.state()
            self.assertIn("unchanged", self.must_run(*way(full)).stdout)
            self.assert_state(standing)
        self.must_run("uninstall", "--yes")
        self.assert_state(before)
        self.assertEqual([], self.records())


class Apt:
    def test_network(self):
        self.published()
        self.whole_life(self.from_network, (OLD, NEW, ELEVEN))

    def test_local(self):
        self.whole_life(self.from_installer, (OLD, NEW, OLD))


class Bookworm(Apt, Life):
    system, distro = "bookworm", "debian12"


class Bullseye(Apt, Life):
    system, distro, loads_here = "bullseye", "debian11", False


class Trixie(Apt, Life):
    system, distro = "trixie", "debian13"


class OfRpm:
    def keys(self):
        return sorted(self.home.run("rpm", "-qa", "gpg-pubkey").stdout.split())

    test_network = Apt.test_network
    test_local = Apt.test_local


def labelled(base, distro, *label):
    return type(distro, (base,), {"distro": distro, "label": label, "__module__": __name__})


# The package managers of Debian under the names of Ubuntu's releases.
Ubuntu1804 = labelled(Bullseye, "ubuntu1804", "ubuntu", "18.04", "debian")
Ubuntu2004 = labelled(Bullseye, "ubuntu2004", "ubuntu", "20.04", "debian")
Ubuntu2204 = labelled(Bookworm, "ubuntu2204", "ubuntu", "22.04", "debian")
Ubuntu2404 = labelled(Trixie, "ubuntu2404", "ubuntu", "24.04", "debian")


class Rhel(OfRpm, RedHat, Life):
    pass


# One dnf under several names; yum here is dnf by its name.
Rhel7 = labelled(Rhel, "rhel7", "rhel", "7.9", "fedora")
Rhel8 = labelled(Rhel, "rhel8", "rhel", "8.9", "fedora")
Rhel10 = labelled(Rhel, "rhel10", "rhel", "10.0", "fedora")


class Fedora(OfRpm, home.Fedora, Life):
    """The real dnf5."""

    loads_here = False


class Suse(OfRpm, Leap, Life):
    pass


Sles15 = labelled(Suse, "sles15", "sles", "15.6", "suse")


if __name__ == "__main__":
    unittest.main()
