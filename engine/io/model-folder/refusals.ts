/** Why a model class is not supported: a plain "unknown" would leave the reader guessing. */

const TRANSFORMER = 'its network is a diffusion transformer (DiT), this engine builds UNets'
const VIDEO = 'it makes videos'

/** The first match counts. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /InstructPix2Pix/,
    'it is made to edit images by instruction: its UNet takes an image beside the latent (8 channels)',
  ],
  [/Upscale/, 'it is made to enlarge images'],
  [/Depth2Img/, 'it is made for depth maps: its UNet takes one beside the latent (5 channels)'],
  [/ControlNet|T2IAdapter|Adapter/, 'it needs a control image'],
  [/Video|Animate|^Wan|^LTX|^CogVideo|Mochi/, VIDEO],
  [
    /^Flux|^StableDiffusion3|^SD3|PixArt|^Hunyuan|^Lumina|^Sana|^AuraFlow|^QwenImage|^DiT|^CogView|^HiDream/,
    TRANSFORMER,
  ],
  [/^Chroma|^ZImage|^OmniGen|^Bria|Transformer2?D?|^Transformer/, TRANSFORMER],
  [/^LatentConsistency/, 'its UNet takes the guidance scale as an input (latent consistency)'],
  [
    /^Kandinsky|^StableCascade|^Wuerstchen|^IF|^UnCLIP|^StableUnCLIP/,
    'a prior or a cascade of models draws its images',
  ],
  [/^(T5|UMT5|Llama|Gemma|Qwen|ChatGLM|Bert)/, 'it is a text encoder of another kind than CLIP'],
  [
    /^VQModel|Tiny|^AutoencoderDC|Asymmetric|ConsistencyDecoder/,
    'it is an autoencoder of another kind than AutoencoderKL',
  ],
]

/** E.g. ": it makes videos", or nothing for a class that nobody has met. */
export function reasonAgainst(className: string): string {
  const reason = REASONS.find(([pattern]) => pattern.test(className))?.[1]
  return reason ? `: ${reason}` : ''
}
