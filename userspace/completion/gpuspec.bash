# bash completion for gpuspec. The program itself knows its verbs and options.

_gpuspec()
{
	local cur=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words='' word

	# The colons of ids and addresses are part of the word.
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n : cur
	fi
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="$(gpuspec --words 2>/dev/null) --help --version"
	elif [[ $cur == -* ]]; then
		words=$(gpuspec --words "$verb" 2>/dev/null)
	else
		case $verb in
		show | enable | disable | share | recall | check | devices)
			words=$(gpuspec list --json 2>/dev/null | sed -n 's/^ *"id": *"\(.*\)",*$/\1/p')
			;;
		default)
			words='open closed'
			;;
		esac
		if [ "$verb" = check ]; then
			words+=" $(gpuspec devices --json 2>/dev/null | sed -n 's/^ *"address": *"\(.*\)",*$/\1/p')"
		fi
	fi
	# Not compgen -W, which would run what an id may hold.
	COMPREPLY=()
	while read -r word; do
		[[ -z $word || $word != "$cur"* ]] || COMPREPLY+=("$word")
	done < <(tr ' ' '\n' <<<"$words")
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$cur"
	fi
}

complete -F _gpuspec gpuspec
