import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { readAdapter } from '../../../adapters-store/index.ts'
import { adapterBatch } from '../../../engine/adapters/batch.ts'
import { lowRankHook } from '../../../engine/adapters/pairs.ts'
import { createGraph, input } from '../../../engine/graph/graph.ts'
import { encode } from '../../../engine/graph/onnx.ts'
import { type Adapter, openBase } from '../../../engine/index.ts'
import { openSafetensors } from '../../../engine/io/index.ts'
import { createNet } from '../../../engine/nets/blocks.ts'
import { unet } from '../../../engine/nets/unet/index.ts'
import { openDevice } from '../../../engine/runtime/device.ts'
import { tensorsOf } from '../../../engine/runtime/layout.ts'
import { runOnce } from '../../../engine/runtime/run.ts'
import { readJsonIfPresent } from '../../../files/json.ts'
import { goldenFeed, openGoldenModel } from '../../../measures/engine/golden-model.ts'
import { rangeError } from '../../../measures/engine/parity.ts'
import { writeTinyBase } from '../../../measures/stage/tiny-base.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url))
const scratch = await mkdtemp(join(tmpdir(), 'semblance-imported-'))
const base = await openBase(await writeTinyBase(join(scratch, 'base')))
const device = openDevice({ threads: 1 })
afterAll(async () => {
  await device.kill()
  await rm(scratch, { recursive: true })
})

/** The UNet's answer to the recorded input with the adapter applied as serving does. */
async function answer(adapter: Adapter): Promise<Float32Array> {
  const model = await openGoldenModel(folder('tiny/sd1'))
  const golden = await model.golden('unet')
  const adapters = adapterBatch([{ adapter }])
  const feeds = {
    sample: await goldenFeed(golden, 'x.8x12'),
    timesteps: await goldenFeed(golden, 'timestep'),
    context: await goldenFeed(golden, 'context'),
  }
  const graph = createGraph()
  const inputs = {
    sample: input(graph, 'sample', 'float32', feeds.sample.shape),
    timesteps: input(graph, 'timesteps', 'float32', feeds.timesteps.shape),
    context: input(graph, 'context', 'float32', feeds.context.shape),
  }
  const net = createNet(graph, 'unet', { adapt: lowRankHook(graph, adapters.modules, { rows: 1 }) })
  const session = await device.open(encode({ out: unet(net, model.unet, inputs) }, model.locate), 'inference')
  const pairs = [...tensorsOf(adapters.layout, adapters.flat)].map(
    ([name, { data, shape }]) => [name, { data, shape, dtype: 'float32' as const }] as const,
  )
  const out = await runOnce(device, session, { ...feeds, ...Object.fromEntries(pairs) }, 'out')
  await device.close(session)
  return out
}

test.each([
  ['peft', 'adapter_model.safetensors'],
  ['rslora', 'adapter_model.safetensors'],
  ['diffusers', 'pytorch_lora_weights.safetensors'],
  ['plain', 'pytorch_lora_weights.safetensors'],
  ['kohya', 'pytorch_lora_weights.safetensors'],
  ['kohya-alphas', 'pytorch_lora_weights.safetensors'],
  ['locon', 'adapter_model.safetensors'],
  ['old', 'pytorch_lora_weights.safetensors'],
])('the UNet with the imported adapter "%s" answers as in torch', async (name, file) => {
  const place = join(folder('adapters'), name)
  const config = await readJsonIfPresent(join(place, 'adapter_config.json'))
  const { adapter } = await readAdapter(join(place, file), base, { subject: 'sks dog', config })
  const golden = await openSafetensors(join(folder('adapters'), 'golden.safetensors'))
  expect(rangeError(await answer(adapter), await golden.readFloat32(name))).toBeLessThan(1e-5)
  const plain = await (await openSafetensors(join(folder('tiny/sd1'), 'golden-unet.safetensors'))).readFloat32(
    'out.8x12',
  )
  expect(rangeError(plain, await golden.readFloat32(name))).toBeGreaterThan(1e-3)
})
