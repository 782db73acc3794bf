/**
 * Stable Diffusion XL: the context is the penultimate states of two text encoders side by side; the second one's pooled text and
 * the picture's sizes join the timestep (arXiv 2307.01952, section 2.2).
 */
import { AppError, invariant } from '../../errors.ts'
import * as op from '../graph/ops/index.ts'
import { createNet } from '../nets/blocks.ts'
import { clipText, projectText, readClipTextConfig } from '../nets/clip-text.ts'
import { readUnetConfig, unet } from '../nets/unet/index.ts'
import { readVaeConfig } from '../nets/vae.ts'
import { describeText, type Family, type FamilyConfigs, type TextEncoder } from './family.ts'

const TEXTS = [
  { component: 'text_encoder', tokenizer: 'tokenizer' },
  { component: 'text_encoder_2', tokenizer: 'tokenizer_2' },
] as const

const second = ({ texts }: FamilyConfigs): TextEncoder => {
  const text = texts[1]
  invariant(text, 'the family has two text encoders')
  return text
}

export const stableDiffusionXl: Family = {
  name: 'stable-diffusion-xl',
  pipelines: ['StableDiffusionXLPipeline', 'StableDiffusionXLImg2ImgPipeline', 'StableDiffusionXLInpaintPipeline'],
  components: ['unet', TEXTS[0].component, TEXTS[1].component, 'vae'],
  schedulerCorrections: {},
  describe: ({ texts, zeroEmpty }) =>
    `Stable Diffusion XL: ${texts.map(describeText).join(' and ')}, ${zeroEmpty ? 'zeros' : 'an empty text'} for no negative prompt`,
  readConfigs: (json, index) => {
    const read = (text: (typeof TEXTS)[number]) => ({ ...text, config: readClipTextConfig(json(text.component)) })
    const config = readUnetConfig(json('unet'))
    if (!config.added)
      throw new AppError(
        'MODEL_UNSUPPORTED',
        'unet/config.json has no text_time conditioning, which every SDXL UNet has',
        'Check that all parts come from the same model.',
      )
    return {
      unet: config,
      texts: [read(TEXTS[0]), read(TEXTS[1])],
      vae: readVaeConfig(json('vae')),
      zeroEmpty: index.force_zeros_for_empty_prompt !== false,
    }
  },
  conditioningShapes: (configs, length) => ({
    context: [length, configs.unet.contextWidth],
    pooled: [second(configs).config.projection_dim],
    time_ids: [6],
  }),
  encodePrompts: (graph, configs, tokens, options) => {
    const outputs = configs.texts.map(({ component, config }, i) => {
      const ids = tokens[i]?.ids
      invariant(ids, `no tokens for ${component}`)
      return clipText(createNet(graph, component, options), config, ids)
    })
    const { component, config } = second(configs)
    const [last, ends] = [outputs[1]?.last, tokens[1]?.ends]
    invariant(last && ends, `no tokens for ${component}`)
    return {
      context: op.concat(
        outputs.map(({ penultimate }) => penultimate),
        2,
      ),
      pooled: projectText(createNet(graph, component, options), config, last, ends),
    }
  },
  describeFrame: ({ original, crop, target }) => ({ time_ids: Float32Array.from([...original, ...crop, ...target]) }),
  denoise: (graph, configs, { sample, timesteps, conditioning }, options) => {
    const { context, pooled, time_ids: timeIds } = conditioning
    invariant(context && pooled && timeIds, 'SDXL is conditioned by context, pooled and time_ids')
    const inputs = { sample, timesteps, context, added: { pooled, timeIds } }
    return unet(createNet(graph, 'unet', options), configs.unet, inputs)
  },
}
