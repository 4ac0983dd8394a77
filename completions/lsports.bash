# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of lsports(8). What can stand where is known to the program alone: see
# lsports --complete. Here is only what bash wants.

_lsports()
{
	local cur words cword line value description kept width=0 i
	local -a values=() descriptions=()

	# The word as the program gets it, whatever breaks words here.
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
	# readline replaces no more than what stands behind the last of its own word breaks.
	kept=${cur%"${cur##*["$COMP_WORDBREAKS"]}"}
	for i in "${!values[@]}"; do
		value=${values[i]#"$kept"}
		# A list for people to read: blanks never stand in a value, so what its lines have
		# in common can be put on the command line.
		if [[ $COMP_TYPE == @(33|63|64) && ${#values[@]} -gt 1 && -n ${descriptions[i]} ]]; then
			printf -v value '%-*s  (%s)' "$((width - ${#kept}))" "$value" "${descriptions[i]}"
			value=${value:0:${COLUMNS:-80}-1}
		fi
		COMPREPLY+=("$value")
	done
} &&
	complete -F _lsports lsports
