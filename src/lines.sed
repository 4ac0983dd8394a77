# SPDX-License-Identifier: GPL-2.0-or-later
# Each line of a text as a string of C and a comma.
s/[\\"]/\\&/g
s/.*/"&",/
