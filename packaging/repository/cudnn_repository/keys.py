"""The key that signs: named by the user, or made for one installer and forgotten.

A signature is worth no more than the key's own: apt verifies with policies that refuse keys bound by SHA-1, so such a
key is refused here, before anything is signed with it.
"""

import contextlib
import os
import re
import shutil
import tempfile

from .programs import Failure, need, run

STRONG = {"8": "SHA256", "9": "SHA384", "10": "SHA512"}  # OpenPGP's numbers
DIGESTS = {"1": "MD5", "2": "SHA1", "3": "RIPEMD160", "11": "SHA224", **STRONG}
RSA = ("1", "3")
LEAST_BITS = 2048
DIGEST = "SHA512"


class Key:
    """A secret key in a keyring directory of GnuPG."""

    def __init__(self, home, fingerprint, algorithm):
        self.home, self.fingerprint, self.algorithm = home, fingerprint, algorithm

    @property
    def short(self):
        """The eight digits that file names carry."""
        return self.fingerprint[-8:]

    def gpg(self, *arguments):
        return run("gpg", "--homedir", self.home, "--batch", "--no-tty", "--quiet", *arguments)

    def sign(self, path, signed, how):
        """how: --clearsign, or --detach-sign with --armor or without."""
        self.gpg("--yes", "--local-user", self.fingerprint, "--digest-algo", DIGEST, "--output", signed, *how, path)

    def write_public(self, path, armored):
        """The public key, with its own signatures alone: .pub and .asc are armored, keyrings for apt are not."""
        form = ["--armor"] if armored else []
        self.gpg("--yes", "--export-options", "export-minimal", "--output", path, *form, "--export", self.fingerprint)
        os.chmod(path, 0o644)

    def refuse_unfit_for(self, kind):
        """rpm of RHEL 7 and 8 verifies RSA alone, and one key signs for all."""
        if kind == "rpm" and self.algorithm not in RSA:
            raise Failure(f"key {self.fingerprint} is no RSA key: older rpm programs cannot verify its signatures")

    def sign_rpms(self, paths):
        """Signs those that this key has not signed yet."""
        paths = [path for path in paths if not self.has_signed(path)]
        if not paths:
            return
        run("rpmsign", "--addsign", "--define", "__gpg /usr/bin/gpg", "--define", f"_gpg_name {self.fingerprint}",
            "--define", f"_gpg_path {self.home}", "--define", "_gpg_digest_algo sha256", *paths)
        unsigned = [path for path in paths if not self.has_signed(path)]
        if unsigned:
            raise Failure(f"'rpmsign' left '{unsigned[0]}' without a good signature")

    def has_signed(self, path):
        """Whether the rpm at `path` carries a good signature by this key, asked of rpm with this key alone."""
        with tempfile.TemporaryDirectory(prefix="rpm-keys-") as database:
            public, define = os.path.join(database, "key.asc"), ("--define", f"_dbpath {database}/db")
            self.write_public(public, armored=True)
            run("rpmkeys", *define, "--import", public)
            answer = run("rpmkeys", *define, "--checksig", "--verbose", path, may_fail=True)
        own = f"key ID {self.fingerprint[-8:].lower()}"
        verdicts = [line.rsplit(": ", 1)[-1] for line in answer.lower().splitlines() if own.lower() in line]
        return bool(verdicts) and set(verdicts) == {"ok"}


def _records(home, *arguments):
    listing = run("gpg", "--homedir", home, "--batch", "--no-tty", "--with-colons", "--fixed-list-mode", *arguments)
    return [line.split(":") for line in listing.splitlines()]


def _secret_key(home, name):
    """(fingerprint, algorithm) of the one usable secret key that `name` stands for."""
    try:
        records = _records(home, "--list-secret-keys", "--", name)
    except Failure:
        raise Failure(f"no secret key '{name}' in {home}") from None
    found = [index for index, record in enumerate(records) if record[0] == "sec"]
    if len(found) != 1:
        raise Failure(f"'{name}' stands for {len(found)} keys: name one by its fingerprint")
    key = records[found[0]]
    fingerprint = next(record[9] for record in records[found[0]:] if record[0] == "fpr")
    if key[1] in ("e", "r", "d", "i"):
        state = {"e": "expired", "r": "revoked", "d": "disabled", "i": "invalid"}[key[1]]
        raise Failure(f"key {fingerprint} is {state}")
    if "S" not in key[11]:
        raise Failure(f"key {fingerprint} cannot sign")
    if key[3] in RSA and int(key[2]) < LEAST_BITS:
        raise Failure(f"key {fingerprint} has {key[2]} bits, at least {LEAST_BITS} are needed")
    return fingerprint, key[3]


def _refuse_weak_bindings(home, fingerprint):
    """The newest self-signature of each name and signing subkey is the one in force: its digest has to be strong."""
    newest, part = {}, None
    for record in _records(home, "--list-sigs", fingerprint):
        if record[0] in ("pub", "uid", "sub"):
            counts = record[1] not in ("r", "e") and (record[0] != "sub" or "s" in record[11])
            part = (record[0], record[4] or record[9]) if counts else None
        elif record[0] == "sig" and part and record[4] == fingerprint[-16:] and re.match("1[0-38f]", record[10]):
            newest[part] = max(newest.get(part, (0, "")), (int(record[5]), record[15]))
    if not newest:
        raise Failure(f"key {fingerprint} has no signature of its own")
    for _, digest in newest.values():
        if digest not in STRONG:
            raise Failure(f"key {fingerprint} is bound to its name by {DIGESTS.get(digest, 'an unknown digest')}, which "
                          f"apt refuses; renew it: gpg --cert-digest-algo SHA512 --quick-set-expire {fingerprint} 5y")


def _agent_runs(home):
    """Its answer tells, since the exit status is 0 either way."""
    return "OK" in run("gpg-connect-agent", "--homedir", home, "--no-autostart", "GETINFO pid", "/bye", may_fail=True)


@contextlib.contextmanager
def named(name):
    """The user's key `name` in GNUPGHOME (else ~/.gnupg). An agent that was not running before is stopped afterwards."""
    need("gpg", "gpgconf")
    home = os.path.abspath(os.environ.get("GNUPGHOME") or os.path.expanduser("~/.gnupg"))
    if not os.path.isdir(home):
        raise Failure(f"there is no keyring directory '{home}'")
    ran = _agent_runs(home)
    try:
        fingerprint, algorithm = _secret_key(home, name)
        _refuse_weak_bindings(home, fingerprint)
        yield Key(home, fingerprint, algorithm)
    finally:
        if not ran:
            run("gpgconf", "--homedir", home, "--kill", "all")


@contextlib.contextmanager
def throw_away(owner):
    """A key that exists for as long as the block: nobody can sign with it ever after."""
    need("gpg", "gpgconf")
    home = tempfile.mkdtemp(prefix="key-")  # short, since a socket's path may have 107 characters
    try:
        run("gpg", "--homedir", home, "--batch", "--no-tty", "--quiet", "--passphrase", "", "--cert-digest-algo", DIGEST,
            "--quick-generate-key", f"{owner} <{owner}@localhost.invalid>", "rsa4096", "sign", "never")
        fingerprint, algorithm = _secret_key(home, owner)
        yield Key(home, fingerprint, algorithm)
    finally:
        run("gpgconf", "--homedir", home, "--kill", "all", may_fail=True)
        shutil.rmtree(home, ignore_errors=True)
