/** Prior preservation (arXiv 2208.12242, section 3.3): images of the subject's class, drawn by the base, that train beside the photos. */
import { z } from 'zod'

/** What keeps the class as it was. */
export interface Prior {
  /** Factor on the loss of the class images. */
  readonly weight: number
  /** How many of them there are. */
  readonly images: number
  /** What they are drawn from and described with. */
  readonly prompt: string
}

export const priorOptions = z.object({
  priorWeight: z
    .number()
    .min(0)
    .default(1)
    .describe("factor on the loss of the class images, which keep the subject's class as it was; 0: no such images"),
  classImages: z.number().int().min(1).max(1000).default(64).describe('class images, drawn once for each class prompt'),
  classPrompt: z
    .string()
    .min(1)
    .optional()
    .describe('what class images are drawn from; default: a photo of the subject without its own word'),
})

type Options = z.output<typeof priorOptions>

/** "sks person" is a word of its own and its class. */
export function splitSubject(subject: string): [word: string, noun: string] {
  const [word = '', ...noun] = subject.trim().split(/\s+/)
  return [word, noun.join(' ')]
}

export function priorOf(subject: string, { priorWeight, classImages, classPrompt }: Options): Prior | undefined {
  if (priorWeight === 0) return undefined
  const [word, noun] = splitSubject(subject)
  const prompt = classPrompt ?? `a photo of ${withArticle(noun || word)}`
  return { weight: priorWeight, images: classImages, prompt }
}

const withArticle = (noun: string): string => `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`
