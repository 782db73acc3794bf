/** Sentences that describe a photo of a learned word while it trains, by kind of subject; `{}` is the word. */
const PHOTOS = [
  'a photo of {}',
  'a picture of {}',
  'a close-up of {}',
  'a cropped photo of {}',
  'a bright photo of {}',
  'a dark photo of {}',
  'a clear photo of {}',
  'a plain photo of {}',
  'a good picture of {}',
  'this is {}',
] as const

export const TEMPLATES = {
  object: [
    ...PHOTOS,
    'a small {}',
    'a large photo of {}',
    'one {} on a table',
    'a new photo of my {}',
    'a clean {} in the light',
    'a product photo of {}',
    'a view of {} from the front',
  ],
  person: [
    ...PHOTOS,
    'a portrait of {}',
    'the face of {}',
    'a headshot of {}',
    'a selfie of {}',
    '{} looking at the camera',
    'a family photo of {}',
  ],
  animal: [...PHOTOS, 'a photo of my {}', '{} looking at the camera', 'a photo of {} at home', 'a photo of {} outside'],
  style: [
    'a painting in the style of {}',
    'a drawing in the style of {}',
    'a picture in the style of {}',
    'a work of art in the style of {}',
    'a small painting in the style of {}',
    'a bright painting in the style of {}',
    'a dark painting in the style of {}',
    'a landscape in the style of {}',
    'a portrait in the style of {}',
    'a study in the style of {}',
  ],
} as const satisfies Record<string, readonly string[]>

/** What the words for a subject tell of its kind; anything else is an object. */
const KINDS: readonly (readonly [kind: keyof typeof TEMPLATES, words: RegExp])[] = [
  ['person', /\b(person|man|woman|boy|girl|child|baby|face|people)\b/i],
  ['animal', /\b(animal|dog|puppy|cat|kitten|bird|horse|rabbit|pet)\b/i],
  ['style', /\b(style|painting|drawing|art)\b/i],
]

export const templatesFor = (subject: string): keyof typeof TEMPLATES =>
  KINDS.find(([, words]) => words.test(subject))?.[0] ?? 'object'
