/** The engine's figures: exactness, speed, memory, likeness, damage. A new figure is a file and a line here. */

import { accuracy } from '../figures/accuracy.ts'
import { baseQuality } from '../figures/base-quality.ts'
import { cudaDevice } from '../figures/cuda.ts'
import { fullsizeFirstStep } from '../figures/first-step.ts'
import { imageParity } from '../figures/image-parity.ts'
import { loraQuality } from '../figures/lora-quality.ts'
import { loraStep } from '../figures/lora-step.ts'
import { pretraining } from '../figures/pretrain.ts'
import { resume } from '../figures/resume.ts'
import { rows } from '../figures/rows.ts'
import { safetensorsFuzz } from '../figures/safetensors.ts'
import { speedForward } from '../figures/speed-forward.ts'
import type { Suite } from '../source.ts'

export const engine: Suite = {
  name: 'engine',
  sources: [
    accuracy,
    imageParity,
    pretraining,
    speedForward,
    loraStep,
    rows,
    fullsizeFirstStep,
    cudaDevice,
    baseQuality,
    loraQuality,
    resume,
    safetensorsFuzz,
  ],
}
