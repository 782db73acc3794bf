/** Writes a data set: raw pictures, their attributes and a few captions each. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, createPortrait } from './attributes.ts'
import { createCaption } from './captions.ts'
import { drawPortrait } from './draw.ts'
import { createFace, faceVector } from './identity.ts'
import { createRng } from './rng.ts'
import type { Style } from './styles.ts'

export interface DatasetPlan {
  count: number
  seed: number
  out: string
  /** Pictures of each identity. */
  perIdentity: number
  captions: number
  /** Persons only, each with its face vector. */
  faces: boolean
  style: Style | undefined
  /** Allows the combinations that training never sees. */
  heldOut: boolean
}

/** Identities of different seeds never meet: each seed owns 2^20 numbers. */
export function writeDataset(plan: DatasetPlan): void {
  mkdirSync(plan.out, { recursive: true })
  const images = openSync(join(plan.out, 'images.u8'), 'w')
  const lines = openSync(join(plan.out, 'attributes.jsonl'), 'w')
  for (let index = 0; index < plan.count; index++) {
    const identity = plan.seed * 2 ** 20 + Math.floor(index / plan.perIdentity)
    const pose = plan.seed * 2 ** 20 + index
    const portrait = createPortrait(
      identity,
      pose,
      createContext(pose, plan.style, plan.heldOut),
      plan.faces ? 'person' : undefined,
    )
    const rng = createRng(pose, 'captions')
    const captions = Array.from({ length: plan.captions }, () => createCaption(portrait, rng))
    const face = plan.faces ? { face: faceVector(createFace(identity)) } : {}
    writeSync(images, drawPortrait(portrait))
    writeSync(lines, `${JSON.stringify({ index, ...portrait, captions, ...face })}\n`)
  }
  closeSync(images)
  closeSync(lines)
}
