/** Stable Diffusion 1.x and 2.x: one CLIP text encoder whose normalised last states are the context. */
import { invariant } from '../../errors.ts'
import { createNet } from '../nets/blocks.ts'
import { clipText, readClipTextConfig } from '../nets/clip-text.ts'
import { readUnetConfig, unet } from '../nets/unet/index.ts'
import { readVaeConfig } from '../nets/vae.ts'
import { describeText, type Family } from './family.ts'

const TEXT = 'text_encoder'

/** By the width of the texts. */
const GENERATIONS: Readonly<Record<number, string>> = { 768: '1.x', 1024: '2.x' }

export const stableDiffusion: Family = {
  name: 'stable-diffusion',
  pipelines: ['StableDiffusionPipeline', 'StableDiffusionImg2ImgPipeline', 'StableDiffusionInpaintPipeline'],
  components: ['unet', TEXT, 'vae'],
  // pipeline_stable_diffusion.py, `__init__`: old files have steps_offset 0 and clip_sample true, which it takes for mistakes.
  schedulerCorrections: { steps_offset: 1, clip_sample: false },
  describe: ({ unet, texts: [text] }) => {
    const known = GENERATIONS[unet.contextWidth]
    const projection = unet.linearProjection ? 'linear projections' : '1x1 convolutions as projections'
    return `Stable Diffusion ${known ?? 'of its own size'}: ${describeText(text)}, UNet with ${projection}`
  },
  readConfigs: json => ({
    unet: readUnetConfig(json('unet')),
    texts: [{ component: TEXT, tokenizer: 'tokenizer', config: readClipTextConfig(json(TEXT)) }],
    vae: readVaeConfig(json('vae')),
    zeroEmpty: false,
  }),
  conditioningShapes: ({ unet }, length) => ({ context: [length, unet.contextWidth] }),
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
