"""Local repository installers and network repositories from finished .deb and .rpm files.

The tools of the package families do the work (apt-ftparchive, dpkg-deb, createrepo_c, rpmbuild, rpmsign, gpg); what is
here decides what goes where, in which order, and signed by whom. The standard library is enough.
"""
