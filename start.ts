/** `npm start`: the main job. Learns the sample person from four photos and draws them in new scenes. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadPhotos, showStep } from './cli/commands/train.ts'
import { createOutput, duration, reportError } from './cli/output.ts'
import { openBase, openDevice, openPipeline, personalize, saveAdapter, saveGrid } from './engine/index.ts'

const ROOT = import.meta.dirname
const BASE = join(ROOT, 'models/portraits')
const PHOTOS = join(BASE, 'samples/ada')
const OUT = join(ROOT, 'out')
const SUBJECT = 'sks person'
/** Scenes and styles that are in none of the four photos. */
const PROMPTS = [
  'a photo of sks person in a red hoodie in the snow',
  'a photo of sks person in a blue suit in a city',
  'a photo of sks person wearing a green shirt and a crown in a forest',
  'a photo of sks person wearing a purple sweater and a top hat in a desert',
  'pixel art of sks person on a beach',
  'a neon drawing of sks person in space',
]

async function main(): Promise<void> {
  const output = createOutput(false)
  const start = performance.now()
  await mkdir(OUT, { recursive: true })
  const base = await openBase(BASE)
  const device = openDevice()
  try {
    const pipeline = openPipeline(device, base)
    const photos = await loadPhotos(PHOTOS, base.size, SUBJECT)
    output.note(`Learning a person from ${photos.length} photos in ${PHOTOS} (LoRA on the demo base)`)
    const adapter = await personalize(
      pipeline,
      { photos, subject: SUBJECT },
      { method: 'lora', onStep: showStep(output) },
    )
    await saveAdapter(join(OUT, 'ada.safetensors'), adapter)
    output.note(`Drawing ${PROMPTS.length} new scenes`)
    const requests = PROMPTS.map((prompt, i) => ({ prompt, seed: i + 1, guidance: 3, adapter }))
    const images = await pipeline.generate(requests, {
      onStep: ({ step, steps }) => output.progress(step, steps, `step ${step}/${steps}`, {}),
    })
    const grid = join(OUT, 'ada.png')
    await saveGrid(
      grid,
      [...photos, ...images].map(({ pixels }) => pixels),
      5,
    )
    output.note(`Done in ${duration((performance.now() - start) / 1000)}. First the four photos, then the new scenes:`)
    output.result(grid, {})
    output.note(
      `The adapter: ${join(OUT, 'ada.safetensors')}. Your own folder of photos: node bin/semblance.mjs train --help`,
    )
  } finally {
    await device.kill()
  }
}

main().catch(error => {
  process.exitCode = reportError(error, false)
})
