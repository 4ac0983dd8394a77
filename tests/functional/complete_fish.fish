# SPDX-License-Identifier: GPL-2.0-or-later
# Standard input: command lines. Prints what "complete -C" says, "= VALUE<TAB>DESCRIPTION" a line,
# then an empty line. Argument: lsports.fish.
source $argv[1]
while read -l line
    for found in (complete -C"$line")
        printf '= %s\n' $found
    end
    echo
end
