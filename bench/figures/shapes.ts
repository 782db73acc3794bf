/** shapes.image: images that are not square, of each family, against diffusers. */
import { openDevice } from '../../engine/index.ts'
import { SHAPED_FAMILIES, shapeErrors } from '../../measures/engine/shapes.ts'
import { type Claim, measured } from '../../measures/figure.ts'
import type { FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'shapes.image', unit: 'of 255', better: 'lower', floor: 1, goal: null }

export const shapes: FigureSource = {
  names: [CLAIM.name],
  minutes: 1,
  run: async ({ threads }) => {
    const device = openDevice({ threads })
    try {
      const notes: string[] = []
      const all: number[] = []
      for (const kind of SHAPED_FAMILIES) {
        const drawn = await shapeErrors(device, kind)
        const shapes = Map.groupBy(drawn, ({ request }) => `${request.width}x${request.height}`)
        const worst = [...shapes].map(([shape, own]) => `${shape} ${Math.max(...own.map(({ error }) => error))}`)
        notes.push(`${kind} ${worst.join(', ')}`)
        all.push(...drawn.map(({ error }) => error))
      }
      const note = `three samplers in each shape, one of them from an image; ${notes.join('; ')}`
      return [measured(CLAIM, Math.max(...all), all.length, note)]
    } finally {
      await device.kill()
    }
  },
}
