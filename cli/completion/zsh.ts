/** Completion for zsh, with a word on everything that is offered. */
import type { Place, Word } from './table.ts'

const described = (words: readonly Word[]): string =>
  words.map(({ name, what }) => `'${name}${what === '' ? '' : `:${what}`}'`).join(' ')

const cases = (places: readonly Place[], words: (place: Place) => readonly Word[]): string =>
  places
    .filter(place => words(place).length > 0)
    .map(place => `      ('${place.path}') offered=(${described(words(place))}) ;;`)
    .join('\n')

const VALUES = {
  file: '_files',
  folder: '_files -/',
  text: '_message value',
} as const

const values = (places: readonly Place[]): string =>
  places
    .flatMap(({ path, flags }) =>
      flags.flatMap(({ name, value, choices }) => {
        if (value === 'none') return []
        const offer = value === 'choice' ? `offered=(${choices.join(' ')}); _describe value offered` : VALUES[value]
        return [`    ('${path} ${name}') ${offer}; return ;;`]
      }),
    )
    .join('\n')

export const zshScript = (places: readonly Place[]): string => `#compdef semblance
# Completion of semblance for zsh: eval "$(semblance completion zsh)" behind compinit
_semblance() {
  local at='' i
  local -a offered
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
      (${places.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`])).join('|')}) at="$at \${words[i]}" ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
${values(places)}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then
    case "$at" in
${cases(places, ({ flags }) => flags)}
    esac
    _describe option offered
  else
    case "$at" in
${cases(places, ({ commands, choices }) => [...commands, ...choices.map(name => ({ name, what: '' }))])}
    esac
    if ((\${#offered})); then _describe command offered; else _files; fi
  fi
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then _semblance "$@"; else compdef _semblance semblance; fi
`
