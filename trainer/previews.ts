/** Preview images of a training, drawn by the serving path. */
import { PREVIEW_SETTINGS, type PreviewInput, type TrainingInput } from '../queue/index.ts'

const SCALE = 1

/**
 * Equal seeds at every step: what changes from preview to preview is the adapter alone.
 * @param side pixels of the base's own size
 */
export function previewInput(
  { base, previewPrompts, seed, previewSteps = PREVIEW_SETTINGS.steps }: TrainingInput,
  side: number,
  step: number,
  sha256: string,
): PreviewInput {
  const images = previewPrompts.map((prompt, i) => ({
    prompt,
    seed: (seed + i) % Number.MAX_SAFE_INTEGER,
    width: side,
    height: side,
    ...PREVIEW_SETTINGS,
    steps: previewSteps,
    adapter: { sha256, scale: SCALE },
  }))
  return { base, images, step }
}
