/** formats.image: images with adapter files of other programs, against those that diffusers draws with the same files. */
import { openDevice } from '../../engine/index.ts'
import { adapterImageErrors } from '../../measures/engine/formats-images.ts'
import { type Claim, measured } from '../../measures/figure.ts'
import type { FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'formats.image', unit: 'of 255', better: 'lower', floor: 1, goal: null }
export const formatsImages: FigureSource = {
  names: [CLAIM.name],
  minutes: 1,
  run: async ({ threads }) => {
    const device = openDevice({ threads })
    try {
      const drawn = await adapterImageErrors(device)
      const note = drawn.map(({ file, error, change }) => `${file} ${error} (without it ${change})`).join(', ')
      return [measured(CLAIM, Math.max(...drawn.map(({ error }) => error)), drawn.length, note)]
    } finally {
      await device.kill()
    }
  },
}
