# SPDX-License-Identifier: GPL-2.0-or-later
"""A directory server with accounts, which answers as it is told to (see nss_directory.c)."""

import os
import shutil
import subprocess

import harness

PASSWD = "root:x:0:0:root:/root:/bin/sh\ngames:x:5:60:games:/:/bin/sh\n"
NSSWITCH = "passwd: files lsportstest\n"


def cover(place, add_cleanup, path, text):
    """Another content for a file of the machine, in this mount namespace alone; kept in @place."""
    own = harness.write_text(os.path.join(place, os.path.basename(path)), text)
    if not os.path.exists(path):
        harness.write_text(path, "")
    subprocess.run([harness.need_tool("mount"), "--bind", own, path], check=True)
    add_cleanup(subprocess.run, [harness.need_tool("umount"), "-l", path], check=True)


def install(place, add_cleanup, passwd=PASSWD):
    """Accounts come from @passwd, and then from the directory."""
    shutil.copy(harness.need("NSS_DIRECTORY"), os.path.join(place, "libnss_lsportstest.so.2"))
    cover(place, add_cleanup, "/etc/passwd", passwd)
    cover(place, add_cleanup, "/etc/nsswitch.conf", NSSWITCH)
    if os.path.isdir("/run/nscd"):
        subprocess.run([harness.need_tool("mount"), "-t", "tmpfs", "tmpfs", "/run/nscd"], check=True)


def environment(place, mode, uid, log=None):
    """For a program that asks: the directory knows @uid, and answers as @mode says."""
    env = dict(os.environ, LD_LIBRARY_PATH=place, DIRECTORY_UID=str(uid), DIRECTORY_MODE=mode)
    if log:
        env["DIRECTORY_LOG"] = log
    return harness.sanitizer_environment(env)
