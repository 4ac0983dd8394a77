# SPDX-License-Identifier: GPL-2.0-or-later
# Standard input: command lines. Types each into an interactive zsh of its own terminal and presses
# TAB; prints what the completion gave to compadd, "= VALUE<TAB>SHOWN" a line, then "> LINE", the
# line as it stands afterwards, and an empty line. Arguments: directory of _lsports, scratch one.
zmodload zsh/zpty || exit 1
typeset completions=$1 scratch=$2

cat >$scratch/inner.zsh <<'INNER'
PROMPT= RPROMPT= PS2=
unsetopt beep auto_list auto_menu
fpath=($COMPLETIONS $fpath)
autoload -Uz compinit && compinit -u -D
zstyle ':completion:*' insert-tab false
# Everything that is offered passes here.
compadd() {
	# Its own names: those of its caller are read by name.
	local -a _hits _shown
	local _at _name _i
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
		builtin compadd "$@"
		return
	fi
	_at=${@[(i)-d]}
	if (( _at < $# )); then
		_name=${@[_at + 1]}
		_shown=("${(@P)_name}")
	fi
	builtin compadd -A _hits -D _shown "$@"
	for (( _i = 1; _i <= $#_hits; _i++ )); do
		print -r -- "= $_hits[_i]"$'\t'"$_shown[_i]" >>$CAPTURE
	done
	builtin compadd "$@"
}
complete-captured() {
	zle complete-word
	print -r -- "> $BUFFER"$'\n' >>$CAPTURE
	BUFFER=
	zle -R
}
zle -N complete-captured
bindkey '^I' complete-captured
print ready >$CAPTURE.ready
INNER

export COMPLETIONS=$completions CAPTURE=$scratch/capture TERM=dumb
zpty inner zsh -f -i || exit 1
zpty -w inner "source $scratch/inner.zsh"
typeset -i i
for (( i = 0; i < 1000; i++ )); do
	[[ -s $CAPTURE.ready ]] && break
	sleep 0.02
done
while IFS= read -r line; do
	: >$CAPTURE
	zpty -w -n inner "$line"$'\t'
	for (( i = 0; i < 1000; i++ )); do
		[[ -s $CAPTURE && $(tail -c 2 $CAPTURE; print x) == $'\n\n'x ]] && break
		# What it shows has to be read, or it waits.
		zpty -r -t inner unused
		sleep 0.01
	done
	cat $CAPTURE
done
zpty -d inner
