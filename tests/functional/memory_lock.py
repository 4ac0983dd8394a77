# SPDX-License-Identifier: GPL-2.0-or-later
"""memory_lock.py FILE PORT: listens, and holds the lock of its own address space for ever.

FILE: of silent_files.py. Prints "ready" when all but the last step is done.
"""

import ctypes
import mmap
import os
import socket
import sys
import threading
import time

PAGE = 4096
ADDRESS = 0x20000
READ, WRITE = mmap.PROT_READ, mmap.PROT_WRITE
FIXED = 0x10


def main():
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int,
                          ctypes.c_long]
    cached, direct = os.open(sys.argv[1], os.O_RDONLY), os.open(sys.argv[1], os.O_RDONLY)
    server = socket.create_server(("0.0.0.0", int(sys.argv[2])))
    page = libc.mmap(ADDRESS, PAGE, READ | WRITE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | FIXED, -1, 0)
    ctypes.memset(page, 1, 1)
    threading.Thread(target=os.read, args=(cached, PAGE)).start()
    time.sleep(0.5)  # its page is locked by now
    print("ready", flush=True)
    libc.mmap(ADDRESS, PAGE, READ, mmap.MAP_PRIVATE | FIXED, direct, 0)
    server.close()


if __name__ == "__main__":
    main()
