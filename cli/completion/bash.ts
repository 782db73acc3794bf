/** Completion for bash 3.2 or newer; where nothing is offered, readline completes file names. */
import type { Place } from './table.ts'

const list = (words: readonly string[]): string => words.join(' ')

/** Cases that offer words, by the path of the command. */
const cases = (places: readonly Place[], words: (place: Place) => readonly string[]): string =>
  places
    .filter(place => words(place).length > 0)
    .map(place => `      '${place.path}') words='${list(words(place))}' ;;`)
    .join('\n')

const values = (places: readonly Place[]): string =>
  places
    .flatMap(({ path, flags }) => flags.filter(({ value }) => value !== 'none').map(flag => ({ path, flag })))
    .map(({ path, flag: { name, choices } }) => `    '${path} ${name}') words='${list(choices)}' value=1 ;;`)
    .join('\n')

export const bashScript = (
  places: readonly Place[],
): string => `# Completion of semblance for bash: eval "$(semblance completion bash)"
_semblance() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} at='' words='' value='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
      ${places.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`])).join('|')}) at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$at $before" in
${values(places)}
  esac
  if [ -z "$value" ]; then
    case "$current" in
    -*) case "$at" in
${cases(places, ({ flags }) => flags.map(({ name }) => name))}
      esac ;;
    *) case "$at" in
${cases(places, ({ commands, choices }) => [...commands.map(({ name }) => name), ...choices])}
      esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _semblance semblance
`
