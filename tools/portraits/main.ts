/** Command line of the portrait renderer: data sets, contact sheets, sample persons, the held-out list. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createContext, createPortrait, heldOutCombinations } from './attributes.ts'
import { createFullCaption } from './captions.ts'
import { writeDataset } from './dataset.ts'
import { drawPortrait } from './draw.ts'
import { createFace } from './identity.ts'
import { writePerson } from './person.ts'
import { promptPhrases } from './phrases.ts'
import { encodeSheet } from './png.ts'
import type { Style } from './styles.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    identity: { type: 'string', default: '1' },
    style: { type: 'string' },
    captions: { type: 'string', default: '8' },
    skip: { type: 'string', default: '0' },
    columns: { type: 'string', default: '8' },
    'per-identity': { type: 'string', default: '1' },
    faces: { type: 'boolean', default: false },
    'held-out': { type: 'boolean', default: false },
  },
})

function required(name: 'out'): string {
  const value = values[name]
  if (value === undefined) throw new Error(`--${name} is missing`)
  return value
}

const style = values.style as Style | undefined
const seed = Number(values.seed)

const COMMANDS: Record<string, () => void> = {
  dataset: () =>
    writeDataset({
      count: Number(values.count ?? 1000),
      seed,
      out: required('out'),
      perIdentity: Number(values['per-identity']),
      captions: Number(values.captions),
      faces: values.faces,
      style,
      heldOut: values['held-out'],
    }),
  grid: () => {
    const pictures = Array.from({ length: Number(values.count ?? 48) }, (_, i) => {
      const pose = seed * 2 ** 20 + i
      return drawPortrait(createPortrait(pose, pose, createContext(pose, style)))
    })
    writeFileSync(required('out'), encodeSheet(pictures, Number(values.columns)))
  },
  person: () =>
    writePerson({
      identity: Number(values.identity),
      out: required('out'),
      count: Number(values.count ?? 4),
      skip: Number(values.skip),
    }),
  heldout: () => {
    const list = heldOutCombinations().map(context => {
      const portrait = {
        ...createPortrait(1, 1, context, 'person'),
        ...context,
        glasses: false,
        beard: 'none' as const,
      }
      return { ...context, caption: createFullCaption(portrait) }
    })
    writeFileSync(required('out'), `[\n${list.map(entry => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`)
  },
  /** Adds to the settings of the measuring networks what prompts ask with. */
  phrases: () => {
    const config = JSON.parse(readFileSync(required('out'), 'utf8'))
    config.attributes.phrases = promptPhrases(config.attributes.heads)
    writeFileSync(required('out'), `${JSON.stringify(config, null, 1)}\n`)
  },
  face: () => process.stdout.write(`${JSON.stringify(createFace(Number(values.identity)))}\n`),
}

const command = COMMANDS[positionals[0] ?? '']
if (command === undefined)
  throw new Error(
    `usage: node tools/portraits/main.ts ${Object.keys(COMMANDS).join('|')} [--count N] [--seed S] --out PATH`,
  )
command()
