/** Which of the published model families an adapter file says that it is for: shapes alone often fit several. */
import { type AdapterSource, namesOf } from './format.ts'

export const PUBLISHED_FAMILIES = ['sd1', 'sd2', 'sdxl'] as const
export type PublishedFamily = (typeof PUBLISHED_FAMILIES)[number]

/** How programs write the base's name into metadata and configurations. The first match counts. */
const SAID: readonly (readonly [RegExp, PublishedFamily])[] = [
  [/sdxl|stable-diffusion-xl/i, 'sdxl'],
  [/sd_?v?2|stable-diffusion-v?2/i, 'sd2'],
  [/sd_?v?1|stable-diffusion-v?1/i, 'sd1'],
]

/** Names that only files for some families have. The first match counts. */
const NAMED: readonly (readonly [RegExp, readonly PublishedFamily[]])[] = [
  [/^lora_te[12]_|text_encoder_2|clip_g/, ['sdxl']],
  [/^lora_te_/, ['sd1', 'sd2']],
]

/** The families that the file's notes and names leave possible. */
export function possibleFamilies(source: AdapterSource): readonly PublishedFamily[] {
  for (const { weights, config } of source.parts) {
    const { metadata } = weights
    if (metadata.ss_v2 === 'True') return ['sd2']
    const notes = [metadata.ss_base_model_version, metadata['modelspec.architecture'], config?.base_model_name_or_path]
    for (const note of notes) {
      const said = SAID.find(([pattern]) => pattern.test(String(note ?? '')))?.[1]
      if (said) return [said]
    }
  }
  const names = namesOf(source)
  return NAMED.find(([pattern]) => names.some(name => pattern.test(name)))?.[1] ?? PUBLISHED_FAMILIES
}
