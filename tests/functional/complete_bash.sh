# SPDX-License-Identifier: GPL-2.0-or-later
# Standard input: a line, its words as readline breaks them, all ended by \x1f, and a newline.
# Prints for each what lsports' completion, found by bash-completion's own loader, offers: a line
# each, then an empty one. Environment: COMPLETE_TYPE.
source /usr/share/bash-completion/bash_completion || exit 1
# As readline sets it when it reads from a terminal.
COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
_completion_loader lsports
[[ $? -eq 124 && $(complete -p lsports) == *_lsports* ]] || exit 1
# Only readline may call it.
compopt() { printf 'compopt %s\n' "$*"; }
while IFS= read -r case; do
	IFS=$'\x1f' read -r -a fields <<<"$case"
	COMP_LINE=${fields[0]} COMP_POINT=${#fields[0]} COMP_TYPE=$COMPLETE_TYPE COMP_KEY=9
	COMP_WORDS=("${fields[@]:1}")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_lsports lsports "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf '%s\n' "${COMPREPLY[@]/#/= }" ''
done
