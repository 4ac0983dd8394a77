# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for lsports(8). The program itself decides what can be completed; see
# lsports --complete. This file only passes its answer to fish.

function __lsports_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program --complete word -- $words "$current" 2>/dev/null)
        switch $line
            case \tFILE
                set -l option (string match -r '^--[^=]*=' -- "$current")
                set -l path (string replace -r '^--[^=]*=' '' -- "$current")
                printf '%s\n' "$option"(__fish_complete_path "$path")
            case \tDIR
                set -l option (string match -r '^--[^=]*=' -- "$current")
                set -l path (string replace -r '^--[^=]*=' '' -- "$current")
                printf '%s\n' "$option"(__fish_complete_directories "$path" '')
            case '*'
                printf '%s\n' $line
        end
    end
end

complete -c lsports -f -k -a '(__lsports_complete)'
