# bash completion for gpuspec. The program itself knows its verbs and options.

_gpuspec_specs() { gpuspec list "$@" --json 2>/dev/null | sed -n 's/^ *"id": *"\(.*\)",*$/\1/p'; }

_gpuspec_devices() { gpuspec devices --json 2>/dev/null | sed -n 's/^ *"address": *"\(.*\)",*$/\1/p'; }

_gpuspec_hosts() { gpuspec hosts --json 2>/dev/null | sed -n 's/^ *"name": *"\(.*\)",*$/\1/p'; }

_gpuspec_accounts() { gpuspec account list --json 2>/dev/null | sed -n 's/^ *"name": *"\(.*\)",*$/\1/p'; }

_gpuspec()
{
	local cur=${COMP_WORDS[COMP_CWORD]} words='' word at=$COMP_CWORD
	local verb=("${COMP_WORDS[@]:1:1}")

	# The colons of ids and addresses are part of the word.
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n : -c cur -i at
	fi
	# Some verbs have two words.
	if [ "$at" -gt 2 ] && gpuspec --words "${verb[0]}" 2>/dev/null | grep -qxF -- "${COMP_WORDS[2]}"; then
		verb+=("${COMP_WORDS[2]}")
	fi
	if [ "$at" -eq 1 ]; then
		words="$(gpuspec --words 2>/dev/null) --help --version"
	elif [[ $cur == -* ]] || [[ $at -eq 2 && ${verb[0]} =~ ^(rom|account|vgpu|fleet)$ ]]; then
		words=$(gpuspec --words "${verb[@]}" 2>/dev/null)
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --force ]]; then
		words='E12 E16 E24'
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --login ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames 2>/dev/null
		return
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --parent ]]; then
		words=$(_gpuspec_devices)
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --host ]]; then
		words=$(_gpuspec_hosts)
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --account ]]; then
		words=$(_gpuspec_accounts)
	else
		case ${verb[*]}:$at in
		show:* | enable:* | disable:* | share:* | recall:* | check:* | devices:*)
			words=$(_gpuspec_specs)
			;;
		'rom set:3' | 'rom show:'* | 'rom get:3' | 'rom clear:'* | 'rom history:'* | 'rom rollback:'*)
			words=$(_gpuspec_specs --pgpu)
			;;
		'rom check:3' | 'rom set:'* | 'rom get:'*)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			compopt -o filenames 2>/dev/null
			return
			;;
		'rom check:'*)
			words=$(_gpuspec_specs --pgpu)
			;;
		'vgpu create:3')
			words=$(_gpuspec_specs --vgpu)
			;;
		'vgpu remove:3')
			words=$(_gpuspec_devices)
			;;
		'account add:3' | 'account remove:3')
			words=$(_gpuspec_accounts)
			;;
		apply:2)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			compopt -o filenames 2>/dev/null
			return
			;;
		default:*)
			words='open closed'
			;;
		esac
		if [ "${verb[*]}" = check ]; then
			words+=" $(_gpuspec_devices)"
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
