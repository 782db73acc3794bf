/** parity.<family>: a family's networks, prompts and images against diffusers on a tiny random model. */
import { join } from 'node:path'
import { openDevice } from '../../engine/index.ts'
import { imageErrors, networksError, promptsError } from '../../measures/engine/family-parity.ts'
import { type Claim, measured } from '../../measures/figure.ts'
import type { FigureSource } from '../source.ts'

const TINY = join(import.meta.dirname, '../../test/fixtures/tiny')

/** Networks and prompts as one figure, whole images as another. */
export const familyParity = (kind: string): FigureSource => {
  const networks: Claim = { name: `parity.${kind}`, unit: '', better: 'lower', floor: 1e-4, goal: null }
  const images: Claim = { name: `parity.${kind}.image`, unit: 'of 255', better: 'lower', floor: 1, goal: null }
  return {
    names: [networks.name, images.name],
    minutes: 1,
    run: async ({ threads }) => {
      const device = openDevice({ threads })
      try {
        const folder = join(TINY, kind)
        const errors = [await networksError(device, kind, folder), await promptsError(device, folder)]
        const drawn = await imageErrors(device, folder, () => true)
        const note = 'max error / range of UNet, VAE, text encoders and prompts against diffusers and transformers'
        const list = drawn.map(({ request, error }) => `${request.scheduler} ${error}`).join(', ')
        return [
          measured(networks, Math.max(...errors), errors.length, note),
          measured(images, Math.max(...drawn.map(({ error }) => error)), drawn.length, list),
        ]
      } finally {
        await device.kill()
      }
    },
  }
}
