/** Which of the published model families an adapter file says that it is for: shapes alone often fit several. */
import { AppError } from '../../errors.ts'
import { type AdapterSource, invalid, namesOf } from './format.ts'

export const PUBLISHED_FAMILIES = ['sd1', 'sd2', 'sdxl'] as const
export type PublishedFamily = (typeof PUBLISHED_FAMILIES)[number]

/** How programs and people write the base's name: "sd_v2_768_v", "stable-diffusion-xl-v1-base/lora", "SD 2.1". The first match counts. */
const SAID: readonly (readonly [RegExp, PublishedFamily])[] = [
  [/(?<![a-z])(sd|stable[-_ ]?diffusion)[-_ ]?xl/i, 'sdxl'],
  [/(?<![a-z])(sd|stable[-_ ]?diffusion)[-_ ]*v?2(?!\d\d)|(?<![a-z])sd-turbo/i, 'sd2'],
  [/(?<![a-z])(sd|stable[-_ ]?diffusion)[-_ ]*v?1(?!\d\d)/i, 'sd1'],
]

/** Architectures that none of ours is, as the same notes name them. */
const FOREIGN =
  /(?<![a-z])((sd|stable[-_ ]?diffusion)[-_ ]*v?3|(stable[-_ ]?)?cascade|w[uü]rstchen|flux|kandinsky|pixart|hunyuan|aura[-_ ]?flow|hidream|kolors|qwen|(lumina|chroma|sana|wan|ltxv?|cogview|cogvideox?|mochi|anima|z[-_ ]image)(?![a-z]))/i

/** Names that only files for some families have. The first match counts. */
const NAMED: readonly (readonly [RegExp, readonly PublishedFamily[]])[] = [
  [/^lora_te[12]_|text_encoder_2|clip_g/, ['sdxl']],
  [/^lora_te_/, ['sd1', 'sd2']],
]

interface Note {
  /** Where it stands. */
  readonly field: string
  readonly text: string
  /** One of ours, an architecture that is none of them, or nothing that is known. */
  readonly says: PublishedFamily | 'foreign' | undefined
}

/** A hub's name or a local path may have any words in its folders; of a foreign architecture only its last part tells. */
const lastPart = (path: string): string => path.split(/[\\/]/).at(-1) ?? ''

function notesOf({ parts }: AdapterSource): Note[] {
  return parts.flatMap(({ weights: { metadata }, config }) => {
    const base = String(config?.base_model_name_or_path ?? '')
    const notes = [
      ...['ss_base_model_version', 'modelspec.architecture'].map(field => {
        const text = metadata[field] ?? ''
        return { field, text, foreign: text }
      }),
      { field: 'base_model_name_or_path', text: base, foreign: lastPart(base) },
    ].map(({ field, text, foreign }): Note => {
      const family = SAID.find(([pattern]) => pattern.test(text))?.[1]
      return { field, text, says: family ?? (FOREIGN.test(foreign) ? 'foreign' : undefined) }
    })
    return metadata.ss_v2 === 'True' ? [{ field: 'ss_v2', text: 'True', says: 'sd2' as const }, ...notes] : notes
  })
}

const quoted = ({ field, text }: Note): string => `${JSON.stringify(text.slice(0, 80))} (${field})`

/** @throws AppError ADAPTER_INVALID naming the architecture, where the file's notes name only others than ours. */
export function refuseForeign(source: AdapterSource): void {
  const told = notesOf(source).filter(({ says }) => says !== undefined)
  const [first] = told
  if (first && told.every(({ says }) => says === 'foreign'))
    throw invalid(
      `belongs to another architecture; the file says it is for ${quoted(first)}`,
      `Use an adapter of a Stable Diffusion model: ${PUBLISHED_FAMILIES.join(', ')}.`,
    )
}

/**
 * The families that the file's notes and names leave possible.
 * @throws AppError INPUT_INVALID where its notes contradict each other
 */
export function possibleFamilies(source: AdapterSource): readonly PublishedFamily[] {
  const told = new Map(notesOf(source).flatMap(note => (note.says ? [[note.says, note] as const] : [])))
  const families = PUBLISHED_FAMILIES.filter(family => told.has(family))
  if (told.size > 1) throw contradiction([...told.values()], families)
  if (families.length > 0) return families
  const names = namesOf(source)
  return NAMED.find(([pattern]) => names.some(name => pattern.test(name)))?.[1] ?? PUBLISHED_FAMILIES
}

const contradiction = (notes: readonly Note[], families: readonly PublishedFamily[]): AppError =>
  new AppError(
    'INPUT_INVALID',
    `the adapter's notes contradict each other: it says it is for ${notes.map(quoted).join(' and for ')}`,
    `Name it with --family ${families.join(' or --family ')}, or name its base with --base FOLDER.`,
  )
