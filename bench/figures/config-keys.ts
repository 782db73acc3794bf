/** configs.ignored: keys of the config classes of diffusers and transformers that are neither read, nor without effect, nor refused. */
import { ignoredKeys, readConfigClasses } from '../../measures/engine/config-keys.ts'
import { type Claim, measured } from '../../measures/figure.ts'
import type { FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'configs.ignored', unit: 'keys', better: 'lower', floor: 0, goal: 0 }

export const configKeys: FigureSource = {
  names: [CLAIM.name],
  minutes: 1,
  run: async () => {
    const { tried, ignored } = ignoredKeys(await readConfigClasses())
    const note =
      ignored.length > 0 ? ignored.slice(0, 10).join(', ') : 'schedulers, UNet, VAE, CLIP of the pinned releases'
    return [measured(CLAIM, ignored.length, tried, note)]
  },
}
