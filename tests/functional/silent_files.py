# SPDX-License-Identifier: GPL-2.0-or-later
"""silent_files.py DIRECTORY: a FUSE file system with one file, FILE, whose content never comes.

The first open of the file is an ordinary one. Every other is for direct input and output, so that a
mapping has to throw the page cache away first: it waits for a page that the ordinary reader has
locked, and holds the lock of the address space meanwhile. Whoever wants that lock waits with it
(fs/fuse/file.c, fuse_file_mmap()). Prints "ready". When it ends, all of them go on.
"""

import ctypes
import os
import struct
import sys

FILE = "silent"
SIZE = 1 << 20
ROOT_NODE, FILE_NODE = 1, 2
# Operations, include/uapi/linux/fuse.h
LOOKUP, FORGET, GETATTR, OPEN, READ, INIT, INTERRUPT, BATCH_FORGET = 1, 2, 3, 14, 15, 26, 36, 42
DIRECT_IO = 1
NOT_IMPLEMENTED = -38


def mount(device, directory):
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()},allow_other"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"silent", directory.encode(), b"fuse", 6, options.encode()):
        sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")


def attributes(node):
    mode = 0o40755 if node == ROOT_NODE else 0o100644
    return struct.pack("<6Q10I", node, SIZE, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 0, 0)


class Server:
    opened = 0

    def answer(self, operation, node):
        """What the kernel gets; None: nothing."""
        if operation in (READ, FORGET, BATCH_FORGET, INTERRUPT):
            return None
        if operation == INIT:
            return 0, struct.pack("<4I2HI", 7, 31, 0, 1, 0, 0, 4096).ljust(64, b"\0")
        if operation == LOOKUP:
            return 0, struct.pack("<4Q2I", FILE_NODE, 0, 9999, 9999, 0, 0) + attributes(FILE_NODE)
        if operation == GETATTR:
            return 0, struct.pack("<Q2I", 9999, 0, 0) + attributes(node)
        if operation == OPEN:
            self.opened += 1
            return 0, struct.pack("<QIi", 1, DIRECT_IO if self.opened > 1 else 0, 0)
        return NOT_IMPLEMENTED, b""

    def run(self, device):
        while True:
            request = os.read(device, 2 * SIZE)
            _, operation, unique, node = struct.unpack_from("<IIQQ", request)
            answer = self.answer(operation, node)
            if answer is not None:
                error, body = answer
                os.write(device, struct.pack("<IiQ", 16 + len(body), error, unique) + body)


def main():
    device = os.open("/dev/fuse", os.O_RDWR)
    mount(device, sys.argv[1])
    print("ready", flush=True)
    Server().run(device)


if __name__ == "__main__":
    main()
