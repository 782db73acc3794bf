/** Pictures of a base, for cases that compare them to the byte. */
import { type ImageRequest, openBase, openPipeline } from '../../engine/index.ts'
import type { CaseStage } from './case.ts'

/** Bytes of the pictures that a base draws. */
export async function draw(
  { device }: CaseStage,
  folder: string,
  requests: readonly ImageRequest[],
): Promise<Uint8Array[]> {
  const pipeline = openPipeline(device, await openBase(folder))
  try {
    const images = await pipeline.generate(requests)
    return images.map(({ pixels }) => Uint8Array.from(pixels, value => Math.round((value + 1) * 127.5)))
  } finally {
    await pipeline.close()
  }
}

export const REQUEST = { prompt: 'sks dog', seed: 5, steps: 3, guidance: 3 }
