"""The plan as a shell script gives the packages that the tool gives. dnf takes a key only at a terminal, where yes is answered;
zypper asks for more than yes or no, so that its scripts are for people."""

import unittest

import home
from home import OLD, Home, RedHat


class Scripts(Home):
    BUILDS = (OLD,)
    shell = "sh /root/plan.sh"

    def same(self, way, prepare):
        self.open_home()
        prepare()
        script = self.must_run(*(word for word in way(OLD, "--format", "sh", verb="plan")
                                 if word not in ("--yes", "--accept-license"))).stdout
        self.must_run(*way(OLD))
        by_tool = self.installed()
        self.expect(OLD)
        self.open_home()
        prepare()
        if way == self.from_installer:
            self.installer_of(OLD)
        self.home.write("/root/plan.sh", script)
        done = self.home.run("sh", "-c", self.shell)
        self.assertEqual(0, done.returncode, script + done.stdout + done.stderr)
        self.assertEqual(by_tool, self.installed())

    def test_network(self):
        self.server = None
        self.same(self.from_network, self.mirror)

    def mirror(self):
        """The same one for both systems."""
        if self.server is None:
            self.published(OLD)
        self.home.write(self.key_file, self.keyring.gpg("--armor", "--export", self.key))

    def test_local(self):
        self.same(self.from_installer, lambda: None)


class Bookworm(Scripts):
    pass


class Rhel(RedHat, Scripts):
    shell = "yes | script -qec 'sh /root/plan.sh' /dev/null"


class Fedora(home.Fedora, Rhel):
    pass


if __name__ == "__main__":
    unittest.main()
