/** Completion for fish, with a word on everything that is offered. */
import type { Flag, Place } from './table.ts'

const quoted = (text: string): string => `'${text}'`

function flagLine(path: string, { name, what, value, choices }: Flag): string {
  const takes = { none: '-f', file: '-r -F', folder: "-x -a '(__fish_complete_directories)'", text: '-x', choice: '' }
  const offer = value === 'choice' ? `-x -a ${quoted(choices.join(' '))}` : takes[value]
  return `complete -c semblance -n "__semblance_at '${path}'" -l ${name.slice(2)} ${offer} -d ${quoted(what)}`
}

const linesOf = ({ path, commands, flags, value, choices }: Place): string[] => [
  ...commands.map(
    ({ name, what }) => `complete -c semblance -n "__semblance_at '${path}'" -f -a ${quoted(name)} -d ${quoted(what)}`,
  ),
  ...(value === 'choice'
    ? [`complete -c semblance -n "__semblance_at '${path}'" -f -a ${quoted(choices.join(' '))}`]
    : []),
  ...(commands.length > 0 || value === 'none' || value === 'text'
    ? [`complete -c semblance -n "__semblance_at '${path}'" -f`]
    : []),
  ...flags.map(flag => flagLine(path, flag)),
]

export const fishScript = (
  places: readonly Place[],
): string => `# Completion of semblance for fish: semblance completion fish | source
function __semblance_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
            case ${places.flatMap(({ path }) => (path === '' ? [] : [quoted(path)])).join(' ')}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
${places.flatMap(linesOf).join('\n')}
`
