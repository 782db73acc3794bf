/** What a text is that stands where weights should: people name the wrong file, and downloads bring pages and pointers. */

interface TextKind {
  /** "is a text file": what it is, after its name. */
  readonly what: string
  readonly next: string
}

const KINDS: readonly (readonly [start: RegExp, kind: TextKind])[] = [
  [/^version https:\/\/git-lfs/, { what: 'is a pointer of Git LFS', next: 'Fetch the file: git lfs pull.' }],
  [
    /^\s*<(!doctype|html|head|\?xml)/i,
    { what: 'is a web page', next: 'Download the file, not the page that shows it.' },
  ],
  [/^/, { what: 'is a text file', next: 'Name a .safetensors file, or a model folder in diffusers layout.' }],
]

/** Bytes that are looked at. */
export const TEXT_START = 256

/** Of a file's first bytes; undefined for what is no text: a cut off letter at their end is none. */
export function textKind(start: Uint8Array): TextKind | undefined {
  const text = new TextDecoder('utf-8').decode(start).replace(/�{1,3}$/, '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell binary files
  if (text.trim() === '' || /[\x00-\x08\x0e-\x1a\x1c-\x1f�]/.test(text)) return undefined
  return KINDS.find(([pattern]) => pattern.test(text))?.[1]
}
