/** Stable Diffusion 1.x and 2.x: one CLIP text encoder whose normalised last states are the context. */
import { invariant } from '../../errors.ts'
import { createNet } from '../nets/blocks.ts'
import { clipText, readClipTextConfig } from '../nets/clip-text.ts'
import { readUnetConfig, unet } from '../nets/unet/index.ts'
import { readVaeConfig } from '../nets/vae.ts'
import type { Family } from './family.ts'

const TEXT = 'text_encoder'

export const stableDiffusion: Family = {
  name: 'stable-diffusion',
  pipelines: ['StableDiffusionPipeline'],
  components: ['unet', TEXT, 'vae'],
  readConfigs: json => ({
    unet: readUnetConfig(json('unet')),
    texts: [{ component: TEXT, tokenizer: 'tokenizer', config: readClipTextConfig(json(TEXT)) }],
    vae: readVaeConfig(json('vae')),
    zeroEmpty: false,
  }),
  slots: ({ unet }, length) => ({ context: [length, unet.contextWidth] }),
  encodePrompts: (graph, { texts: [text] }, [tokens], options) => {
    invariant(tokens, 'no tokens to encode')
    return { context: clipText(createNet(graph, text.component, options), text.config, tokens.ids).last }
  },
  describeFrame: () => ({}),
  denoise: (graph, configs, { sample, timesteps, conditioning: { context } }, options) => {
    invariant(context, 'no context to denoise with')
    return unet(createNet(graph, 'unet', options), configs.unet, { sample, timesteps, context })
  },
}
