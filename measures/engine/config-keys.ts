/** Keys of the config classes of diffusers and transformers that a model folder could have and nobody here would look at. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readClipTextConfig } from '../../engine/nets/clip-text.ts'
import { readClipVisionConfig } from '../../engine/nets/clip-vision.ts'
import { TRANSFORMERS_KEYS } from '../../engine/nets/transformers-keys.ts'
import { UNUSED_UNET_KEYS } from '../../engine/nets/unet/config.ts'
import { readUnetConfig } from '../../engine/nets/unet/index.ts'
import { readVaeConfig, UNUSED_VAE_KEYS } from '../../engine/nets/vae.ts'
import { readVitConfig, UNUSED_VIT_KEYS } from '../../engine/nets/vit.ts'
import { reasonAgainstProcess, treatmentOf } from '../../engine/schedulers/process.ts'
import { AppError } from '../../errors.ts'

/** Made by tools/goldens/configs.py: keys by class. */
export interface ConfigClasses {
  readonly schedulers: Readonly<Record<string, readonly string[]>>
  readonly networks: Readonly<Record<string, readonly string[]>>
}

export const readConfigClasses = async (): Promise<ConfigClasses> =>
  JSON.parse(await readFile(join(import.meta.dirname, '../../test/fixtures/config-classes.json'), 'utf8'))

interface Reader {
  read(config: unknown): unknown
  readonly unused: readonly string[]
}

const READERS: Readonly<Record<string, Reader>> = {
  UNet2DConditionModel: { read: readUnetConfig, unused: UNUSED_UNET_KEYS },
  AutoencoderKL: { read: readVaeConfig, unused: UNUSED_VAE_KEYS },
  CLIPTextConfig: { read: readClipTextConfig, unused: TRANSFORMERS_KEYS },
  CLIPVisionConfig: { read: readClipVisionConfig, unused: TRANSFORMERS_KEYS },
  ViTConfig: { read: readVitConfig, unused: [...TRANSFORMERS_KEYS, ...UNUSED_VIT_KEYS] },
}

/** No key takes such a value: where it is not refused, nobody has looked. */
const NONSENSE = { nobody: 'takes this' }

function isRefused({ read }: Reader, key: string): boolean {
  try {
    read({ [key]: NONSENSE })
    return false
  } catch (error) {
    if (error instanceof AppError) return true
    throw error
  }
}

/** `Class.key` of every key that is neither read, nor known to be without effect, nor refused; and how many were tried. */
export function ignoredKeys({ schedulers, networks }: ConfigClasses): { tried: number; ignored: string[] } {
  const ignored: string[] = []
  let tried = 0
  const note = (name: string, key: string, isKnown: boolean) => {
    tried++
    if (!isKnown) ignored.push(`${name}.${key}`)
  }
  for (const [name, keys] of Object.entries(schedulers)) {
    const isRefusedAsAWhole = reasonAgainstProcess(name) !== undefined
    for (const key of keys) note(name, key, isRefusedAsAWhole || treatmentOf(key, NONSENSE) !== undefined)
  }
  for (const [name, keys] of Object.entries(networks)) {
    const reader = READERS[name]
    for (const key of keys.filter(one => !one.startsWith('_')))
      note(name, key, reader !== undefined && (reader.unused.includes(key) || isRefused(reader, key)))
  }
  return { tried, ignored }
}
