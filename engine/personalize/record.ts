/** What a personalization records: the manifest of each adapter, and the identity that a checkpoint must share. */
import { createHash } from 'node:crypto'
import type { Manifest } from '../adapters/adapter.ts'
import { recordLidb } from '../adapters/lidb.ts'
import type { Base } from '../base/base.ts'
import { square } from '../io/index.ts'
import { ENGINE_VERSION } from '../version.ts'
import type { Subject } from './request.ts'
import type { Personalization } from './settings.ts'

export async function describeTraining(
  { base, method, options, settings, plan }: Personalization,
  subject: Subject,
  identity: string,
): Promise<Manifest> {
  const [embeddings] = plan.embeddings ?? []
  const placeholder = method.token?.placeholder(base, subject.subject, options)
  return {
    format: 'semblance-adapter-1',
    engine: ENGINE_VERSION,
    method: method.name,
    base: await base.fingerprint(),
    subject: placeholder ?? subject.subject,
    scale: plan.scale,
    ...(plan.lidb && { lidb: recordLidb(base.layers.adaptable, plan.modules, plan.lidb) }),
    ...(placeholder && embeddings && { word: { placeholder, count: embeddings.count } }),
    options,
    training: {
      ...settings,
      ...(placeholder && { subject: subject.subject }),
      photos: photosHash([subject]),
      sizes: sizesOf(base, subject),
      identity,
    },
  }
}

/** Photos by the size that they were learned at, width first. */
function sizesOf(base: Base, { photos }: Subject): Readonly<Record<string, number>> {
  const sizes: Record<string, number> = {}
  for (const { size: { width, height } = square(base.size) } of photos)
    sizes[`${width}x${height}`] = (sizes[`${width}x${height}`] ?? 0) + 1
  return sizes
}

function photosHash(subjects: readonly Subject[]): string {
  const hash = createHash('sha256')
  for (const { photos } of subjects)
    for (const { pixels, caption, frame, size } of photos)
      hash
        .update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength))
        .update(`\0${caption}\0${frame ? JSON.stringify([frame.original, frame.crop, frame.target]) : ''}`)
        .update(size && size.height !== size.width ? `\0${size.height}x${size.width}` : '')
  return hash.digest('hex')
}

/** Everything that must be equal for a checkpoint to continue a run. */
export async function trainingIdentity(
  { base, method, options, settings }: Personalization,
  subjects: readonly Subject[],
): Promise<string> {
  const names = method.token || method.prior ? subjects.map(({ subject }) => subject) : []
  const text = [
    ENGINE_VERSION,
    await base.fingerprint(),
    method.name,
    options,
    settings,
    photosHash(subjects),
    ...names,
    ...(base.options.pooledText === 'end' ? [] : [base.options]),
  ]
  return createHash('sha256').update(JSON.stringify(text)).digest('hex')
}
