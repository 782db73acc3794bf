/** The networks of the published models, counted from the graphs that are built of their configs. */
import { type Count, countFullSize } from './full-size.ts'

const count = (tensors: number, parameters: number): Count => ({ tensors, parameters })
const CLIP_L = count(196, 123_060_480)
const VAE = count(248, 83_653_863)

/** What the checkpoints that were published hold. */
export const EXPECTED: Readonly<Record<string, Count>> = {
  'sd1 unet': count(686, 859_520_964),
  'sd2 unet': count(686, 865_910_724),
  'sdxl unet': count(1680, 2_567_463_684),
  'sd1 text_encoder': CLIP_L,
  'sd2 text_encoder': count(372, 340_387_840),
  'sdxl text_encoder': CLIP_L,
  'sdxl text_encoder_2': count(517, 694_659_840),
  'sd1 vae': VAE,
  'sd2 vae': VAE,
  'sdxl vae': VAE,
  'vision L/14': count(392, 303_966_208),
  'vision H/14': count(520, 632_076_800),
  'vision B/32': count(200, 87_849_216),
}

/** The networks whose tensors or parameters are not those of the published checkpoint. */
export function countDifferences(): string[] {
  const found = countFullSize()
  return [...new Set([...found.keys(), ...Object.keys(EXPECTED)])].flatMap(name => {
    const [ours, theirs] = [found.get(name), EXPECTED[name]]
    const same = ours?.tensors === theirs?.tensors && ours?.parameters === theirs?.parameters
    return same ? [] : [`${name} ${JSON.stringify(ours)} instead of ${JSON.stringify(theirs)}`]
  })
}
