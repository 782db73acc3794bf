/** UNet2DConditionModel: predicts the noise (or v) of latents from their timesteps and the text. */
import { invariant } from '../../../errors.ts'
import { constant, type Value } from '../../graph/graph.ts'
import * as op from '../../graph/ops/index.ts'
import { side } from '../../graph/ops/types.ts'
import { conv2d, groupNorm, linear, type Net, type ResnetOptions, resnet, upsample, within } from '../blocks.ts'
import type { UnetBlock, UnetConfig } from './config.ts'
import { transformer } from './transformer.ts'

export { readUnetConfig, type UnetConfig } from './config.ts'

export interface UnetInputs {
  /** `[B, in_channels, H, W]` */
  readonly sample: Value
  /** `[B]`, may be fractional, one per row */
  readonly timesteps: Value
  /** `[B, L, cross_attention_dim]` */
  readonly context: Value
  /** What a config with `added` asks for. */
  readonly added?: AddedInputs
}

export interface AddedInputs {
  /** Pooled and projected text, `[B, P]` */
  readonly pooled: Value
  /** Original height and width, top and left of the crop, target height and width: `[B, 6]` */
  readonly timeIds: Value
}

/** `[B, out_channels, H, W]`. */
export function unet(net: Net, config: UnetConfig, { sample, timesteps, context, added }: UnetInputs): Value {
  invariant(!added === !config.added, `the UNet ${config.added ? 'needs' : 'takes no'} pooled text and sizes`)
  const plain = timeEmbedding(net, config, timesteps)
  const time = op.silu(added ? op.add(plain, addedEmbedding(net, config, added)) : plain)
  const blocks = blockBuilder(net, config, { groups: config.groups, epsilon: config.epsilon, time }, context)
  const skips: Value[] = [conv2d(net, 'conv_in', sample, config.down[0]?.channels ?? 0)]
  config.down.forEach((block, i) => void blocks.down(i, block, skips))
  let x = blocks.middle(skips.at(-1) as Value)
  config.up.forEach((block, i) => {
    x = blocks.up(i, block, x, skips)
  })
  invariant(skips.length === 0, `${skips.length} skip connections left over`)
  const normal = op.silu(groupNorm(net, 'conv_norm_out', x, config.groups, config.epsilon))
  return conv2d(net, 'conv_out', normal, config.outChannels)
}

/** Sinusoids of the timestep through two linear layers, `[B, 4 * channels]`. */
function timeEmbedding(net: Net, config: UnetConfig, timesteps: Value): Value {
  const channels = config.down[0]?.channels ?? 0
  return within(net, 'time_proj', () =>
    twoLayers(net, 'time_embedding', sinusoids(net, config, timesteps, channels), channels * 4),
  )
}

/** `[N] -> [N, width]`: cosines and sines of each number at falling frequencies. */
function sinusoids(net: Net, config: UnetConfig, numbers: Value, width: number): Value {
  const half = width / 2
  const frequencies = Float32Array.from({ length: half }, (_, i) => 10000 ** (-i / (half - config.freqShift)))
  const column = op.reshape(numbers, [side(numbers.shape, 0), 1])
  const angles = op.mul(column, constant(net.graph, [1, half], frequencies))
  return op.concat(config.cosFirst ? [op.cos(angles), op.sin(angles)] : [op.sin(angles), op.cos(angles)], 1)
}

function twoLayers(net: Net, key: string, x: Value, width: number): Value {
  return linear(net, `${key}.linear_2`, op.silu(linear(net, `${key}.linear_1`, x, width)), width)
}

/** Pooled text beside the sinusoids of the six sizes through two linear layers, `[B, 4 * channels]`. */
function addedEmbedding(net: Net, config: UnetConfig, { pooled, timeIds }: AddedInputs): Value {
  const { timeWidth = 0, inputWidth = 0 } = config.added ?? {}
  const [batch, sizes] = timeIds.shape as [number, number]
  const found = side(pooled.shape, 1) + sizes * timeWidth
  invariant(found === inputWidth, `add_embedding reads ${inputWidth} numbers, text and sizes give ${found}`)
  return within(net, 'add_time_proj', () => {
    const waves = sinusoids(net, config, op.reshape(timeIds, [batch * sizes]), timeWidth)
    const joined = op.concat([pooled, op.reshape(waves, [batch, sizes * timeWidth])], 1)
    return twoLayers(net, 'add_embedding', joined, (config.down[0]?.channels ?? 0) * 4)
  })
}

function blockBuilder(net: Net, config: UnetConfig, options: ResnetOptions, context: Value) {
  const attend = (key: string, x: Value, { heads, depth }: UnetBlock): Value =>
    transformer(net, key, x, {
      heads,
      depth,
      groups: config.groups,
      linearProjection: config.linearProjection,
      context,
    })
  return {
    /** Pushes the output of every layer, then of the downsampler, which all blocks but the last have. */
    down(index: number, block: UnetBlock, skips: Value[]): void {
      const key = `down_blocks.${index}`
      for (let j = 0; j < block.layers; j++) {
        const x = resnet(net, `${key}.resnets.${j}`, skips.at(-1) as Value, block.channels, options)
        skips.push(block.attention ? attend(`${key}.attentions.${j}`, x, block) : x)
      }
      if (index < config.down.length - 1)
        skips.push(conv2d(net, `${key}.downsamplers.0.conv`, skips.at(-1) as Value, block.channels, { stride: 2 }))
    },
    middle(x: Value): Value {
      const block = config.down.at(-1) as UnetBlock
      const first = resnet(net, 'mid_block.resnets.0', x, block.channels, options)
      return resnet(net, 'mid_block.resnets.1', attend('mid_block.attentions.0', first, block), block.channels, options)
    },
    up(index: number, block: UnetBlock, start: Value, skips: Value[]): Value {
      const key = `up_blocks.${index}`
      let x = start
      for (let j = 0; j < block.layers; j++) {
        const joined = op.concat([x, skips.pop() as Value], 1)
        x = resnet(net, `${key}.resnets.${j}`, joined, block.channels, options)
        if (block.attention) x = attend(`${key}.attentions.${j}`, x, block)
      }
      if (index === config.up.length - 1) return x
      return upsample(net, `${key}.upsamplers.0`, x, (skips.at(-1) as Value).shape.slice(2))
    },
  }
}
