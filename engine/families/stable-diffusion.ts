/** Stable Diffusion 1.x and 2.x: one CLIP text encoder whose normalised last states are the context. */
import { createNet } from '../nets/blocks.ts'
import { clipText, readClipTextConfig } from '../nets/clip-text.ts'
import { readUnetConfig, unet } from '../nets/unet/index.ts'
import { readVaeConfig } from '../nets/vae.ts'
import type { Family } from './family.ts'

export const stableDiffusion: Family = {
  name: 'stable-diffusion',
  pipelines: ['StableDiffusionPipeline'],
  components: ['unet', 'text_encoder', 'vae'],
  readConfigs: json => ({
    unet: readUnetConfig(json('unet')),
    text: readClipTextConfig(json('text_encoder')),
    vae: readVaeConfig(json('vae')),
  }),
  context: (graph, { text }, ids, options) => clipText(createNet(graph, 'text_encoder', options), text, ids).last,
  denoise: (graph, configs, inputs, options) => unet(createNet(graph, 'unet', options), configs.unet, inputs),
}
