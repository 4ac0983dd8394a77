# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for lsports(8). The program itself decides what can be completed; see
# lsports --complete. This file only passes its answer to bash.

_lsports()
{
	local cur words cword line value description kept width=0 i
	local -a values=() descriptions=()

	# The word as the program receives it, whatever COMP_WORDBREAKS contains.
	_get_comp_words_by_ref -n '=:,@' cur words cword || return
	COMPREPLY=()
	while IFS= read -r line; do
		value=${line%%$'\t'*}
		description=${line#*$'\t'}
		if [[ -n $value ]]; then
			values+=("${value//\?/\\?}")
			descriptions+=("$description")
			((${#value} > width)) && width=${#value}
			continue
		fi
		kept=$cur
		[[ $cur == --*=* ]] && cur=${cur#*=}
		if [[ $description == DIR ]]; then _filedir -d; else _filedir; fi
		cur=$kept
	done < <("${1/#\~/$HOME}" --complete word -- "${words[@]:1:cword-1}" "$cur" 2>/dev/null)

	[[ ${#values[@]} -eq 1 && ${values[0]} == *[=/,] ]] && compopt -o nospace
	# readline replaces only the text after the last of its word breaks.
	kept=${cur%"${cur##*["$COMP_WORDBREAKS"]}"}
	for i in "${!values[@]}"; do
		value=${values[i]#"$kept"}
		# These matches are shown as a list. Values contain no blanks, so readline can still
		# insert the prefix that the lines have in common.
		if [[ $COMP_TYPE == @(33|63|64) && ${#values[@]} -gt 1 && -n ${descriptions[i]} ]]; then
			printf -v value '%-*s  (%s)' "$((width - ${#kept}))" "$value" "${descriptions[i]}"
			value=${value:0:${COLUMNS:-80}-1}
		fi
		COMPREPLY+=("$value")
	done
} &&
	complete -F _lsports lsports
