/**
 * A training that may be killed at any time: `node bench/resumable-training.ts BASE CHECKPOINT STEPS` trains LoRA on noise
 * photos, prints each finished step, and at the end the SHA-256 of the trained values. Started by figures/resume.ts.
 */
import { createHash } from 'node:crypto'
import { openBase, openDevice, openPipeline, personalize } from '../engine/index.ts'
import { uniforms } from '../engine/noise.ts'

const [folder = '', path = '', steps = '0'] = process.argv.slice(2)
const device = openDevice({ threads: 1 })
// A killed parent can't stop its device: the device ends by itself when the channel closes.
const base = await openBase(folder)
const photos = Array.from({ length: 3 }, (_, photo) => ({
  pixels: uniforms(photo, 0, 3 * base.size * base.size).map(value => 2 * value - 1),
  caption: 'sks dog',
}))
const adapter = await personalize(
  openPipeline(device, base),
  { photos, subject: 'sks dog' },
  {
    method: 'lora',
    options: { rank: 4 },
    steps: Number(steps),
    batch: 2,
    accumulate: 2,
    checkpoint: { path, every: 3 },
    onStep: ({ step }) => console.log(`step ${step}`),
  },
)
const hash = createHash('sha256')
for (const [name, values] of [...adapter.tensors].sort(([a], [b]) => (a < b ? -1 : 1)))
  hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
console.log(`hash ${hash.digest('hex')}`)
await device.kill()
