"""Clients that refresh all the while, as publishes run: none may see an index that does not fit another.

CUDNN_PUBLISHES says how many (20).
"""

import os
import re
import threading
import unittest

import workbench
import packs

PUBLISHES = int(os.environ.get("CUDNN_PUBLISHES", "20"))
POLL = r"""
rounds=0
while ! [ -e /stop ]; do
  if ! "$@" >/said 2>&1; then cat /said >>/failed; fi
  rounds=$((rounds + 1))
done
echo "$rounds"
"""
# A client begins from nothing every time, so that it asks for every file.
APT = "rm -rf /var/lib/apt/lists/*; apt-get update --error-on=any && apt-get download libcudnn8-probe && rm -f *.deb"
YUM = "rm -rf /var/cache/dnf; yum -y makecache"
ZYPPER = "zypper -n --gpg-auto-import-keys refresh --force"


class Client(workbench.Case):
    def polled(self, root, command, publish, probes):
        """How many rounds the client made while all of `probes` were published one by one, and what it said of failed ones."""
        said = {}
        client = threading.Thread(target=lambda: said.update(
            rounds=root.must("sh", "-c", POLL, "poll", "sh", "-c", command, timeout=3600)))
        client.start()
        try:
            for probe in probes:
                publish(probe)
        finally:
            root.write("stop", "")
            client.join()
        self.assertGreater(int(said["rounds"]), PUBLISHES // 4)
        return int(said["rounds"]), root.run("cat", "/failed").stdout

    def assert_nothing_was_missing(self, server):
        missing = {name for name, code in server.asked() if code >= 400}
        self.assertEqual([], sorted(name for name in missing if not name.endswith("/media.1/media")))  # zypper asks everyone

    def rpm_client(self, root_name, distro, source, command):
        server, probes = self.serve(), packs.probe_rpms(self.scratch, PUBLISHES + 1)

        def publish(probe):
            self.must_publish(probe, distro=distro, url=server.url)
        publish(probes[0])
        root = self.root(root_name)
        root.must(*source, f"{server.url}/{distro}/x86_64/cuda-{distro}.repo")
        _, failed = self.polled(root, command, publish, probes[1:])
        root.must("sh", "-c", command)
        self.assert_nothing_was_missing(server)
        return failed


class AptAndDnf(Client):
    def test_apt_never_sees_a_wrong_size_or_digest(self):
        server, probes = self.serve(), packs.probe_debs(self.given, PUBLISHES + 1)
        self.must_publish(probes[0], url=server.url)
        root = self.root("bookworm")
        packs.run("cp", os.path.join(self.out, "debian12/x86_64/cuda-keyring_1.1-1_all.deb"), root.path("/"))
        root.must("dpkg", "-i", "/cuda-keyring_1.1-1_all.deb")
        _, failed = self.polled(root, APT, lambda probe: self.must_publish(probe, url=server.url), probes[1:])
        self.assertEqual("", failed)
        self.assert_nothing_was_missing(server)
        versions = root.must("sh", "-c", "apt-get update >/dev/null; apt-cache madison libcudnn8-probe")
        self.assertEqual(PUBLISHES + 1, len(re.findall("libcudnn8-probe", versions)))

    def test_dnf_never_sees_a_wrong_digest_and_a_foreign_signature_for_an_instant_at_most(self):
        failed = self.rpm_client("rhel", "rhel9", ["yum-config-manager", "--add-repo"], YUM)
        errors = [line for line in failed.splitlines() if line.startswith("Error")]
        self.assertEqual(failed != "", errors != [])
        self.assertEqual([], [line for line in errors if "repomd.xml GPG signature verification error" not in line])


class Zypper(Client):
    def test_zypper_never_sees_a_wrong_digest_and_a_foreign_signature_for_an_instant_at_most(self):
        failed = self.rpm_client("suse", "sles15", ["zypper", "-n", "addrepo"], ZYPPER)
        complaints = [line for line in failed.splitlines() if line.startswith(" - ") and "provide" not in line]
        self.assertEqual(set(), set(complaints) - {" - Signature verification failed for repomd.xml"})


if __name__ == "__main__":
    unittest.main()
