"""A repository is worth what its key is worth: which keys are taken, which are refused, and what is left running."""

import unittest

import workbench
import packs


class Keys(workbench.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deb = packs.probe_debs(cls.given, 1)[0]

    def test_a_key_bound_by_sha1_is_refused_before_anything_is_written(self):
        weak = self.keyring.make("weak", "--cert-digest-algo", "SHA1")
        self.assert_refused(self.publish(self.deb, key=weak), "is bound to its name by SHA1")
        self.assertEqual({}, workbench.tree(self.scratch))

    def test_a_key_that_was_renewed_with_a_strong_digest_is_taken(self):
        weak = self.keyring.make("renewed", "--cert-digest-algo", "SHA1", "--faked-system-time", "20250101T000000!")
        self.assert_refused(self.publish(self.deb, key=weak), "SHA1")
        self.keyring.gpg("--cert-digest-algo", "SHA512", "--quick-set-expire", weak, "5y")
        self.must_publish(self.deb, key=weak)

    def test_expired_revoked_short_and_unknown_keys_are_refused(self):
        expired = self.keyring.make("expired", "--faked-system-time", "20250101T000000!", expires="1d")
        short = self.keyring.make("short", algorithm="rsa1024")
        self.assert_refused(self.publish(self.deb, key=expired), "is expired")
        self.assert_refused(self.publish(self.deb, key=short), "has 1024 bits")
        self.assert_refused(self.publish(self.deb, key="nobody"), "no secret key 'nobody'")
        self.assert_refused(self.publish(self.deb, key="localhost.invalid"), "name one by its fingerprint")

    def test_an_elliptic_key_signs_for_apt_and_not_for_rpm(self):
        elliptic = self.keyring.make("elliptic", algorithm="ed25519")
        self.must_publish(self.deb, key=elliptic)
        self.assert_refused(self.publish(distro="rhel8", key=elliptic), "is no RSA key")

    def test_an_agent_that_was_not_there_before_is_stopped(self):
        self.keyring.stop()
        self.must_publish(self.deb)
        self.assertTrue(self.keyring.agents_end())

    def test_an_agent_of_the_user_goes_on(self):
        packs.run("gpg-connect-agent", "/bye", environment=self.keyring.environment)
        before = self.keyring.agents()
        self.must_publish(self.deb)
        self.assertEqual(1, len(before))
        self.assertEqual(before, self.keyring.agents())


if __name__ == "__main__":
    unittest.main()
