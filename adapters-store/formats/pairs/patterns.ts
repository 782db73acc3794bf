/**
 * PEFT's patterns for ranks and alphas: regular expressions of Python on layers' names. They come from strangers, so they are matched by
 * sets of places, in time linear in the name, and never by the engine's own backtracking.
 */

/** From the places where a match may start to those where it may end. */
type Step = (text: string, starts: ReadonlySet<number>) => ReadonlySet<number>

/** Limits that keep the work small whatever the pattern: its letters, `{n}` of one part, and groups within groups. */
const MOST_LETTERS = 500
const MOST_COPIES = 20
const MOST_DEPTH = 3
const CLASSES: Readonly<Record<string, RegExp>> = {
  d: /\d/,
  D: /\D/,
  w: /\w/,
  W: /\W/,
  s: /\s/,
  S: /\S/,
}

/** @returns whether the name, from its start or from a part after a dot, is wholly the pattern; undefined for a syntax that is not read. */
export function readPattern(pattern: string): ((name: string) => boolean) | undefined {
  // A layer's own name: its dots are letters like others, which changes nothing among names of layers.
  if (/^\w+(\.\w+)*$/.test(pattern)) return name => name === pattern || name.endsWith(`.${pattern}`)
  const reader = { text: pattern, at: 0, depth: 0 }
  try {
    if (pattern.length > MOST_LETTERS) return undefined
    const step = readAlternatives(reader)
    if (reader.at < pattern.length) return undefined
    return name => step(name, partStarts(name)).has(name.length)
  } catch (error) {
    if (error instanceof UnreadSyntax) return undefined
    throw error
  }
}

/** PEFT looks for `(.*\.)?(pattern)$`. */
const partStarts = (name: string): ReadonlySet<number> =>
  new Set([0, ...Array.from(name, (letter, i) => (letter === '.' ? i + 1 : 0))])

class UnreadSyntax extends Error {}

interface Reader {
  readonly text: string
  at: number
  depth: number
}

const peek = ({ text, at }: Reader): string | undefined => text[at]

function take(reader: Reader): string {
  const letter = reader.text[reader.at++]
  if (letter === undefined) throw new UnreadSyntax()
  return letter
}

function accepts(reader: Reader, part: string): boolean {
  if (!reader.text.startsWith(part, reader.at)) return false
  reader.at += part.length
  return true
}

function readAlternatives(reader: Reader): Step {
  const ways = [readSequence(reader)]
  while (accepts(reader, '|')) ways.push(readSequence(reader))
  return (text, starts) => new Set(ways.flatMap(way => [...way(text, starts)]))
}

function readSequence(reader: Reader): Step {
  const steps: Step[] = []
  for (let next = peek(reader); next !== undefined && next !== '|' && next !== ')'; next = peek(reader))
    steps.push(readRepeated(reader, readAtom(reader)))
  return (text, starts) => steps.reduce((places, step) => step(text, places), starts)
}

const one =
  (fits: (letter: string) => boolean): Step =>
  (text, starts) =>
    new Set([...starts].flatMap(at => (at < text.length && fits(text[at] ?? '') ? [at + 1] : [])))

function readAtom(reader: Reader): Step {
  const letter = take(reader)
  if (letter === '^') return (_, starts) => new Set([...starts].filter(at => at === 0))
  if (letter === '$') return (text, starts) => new Set([...starts].filter(at => at === text.length))
  if (letter === '.') return one(() => true)
  if (letter === '[') return one(readClass(reader))
  if (letter === '\\') return one(readEscape(reader))
  if ('*+?{'.includes(letter)) throw new UnreadSyntax()
  if (letter !== '(') return one(own => own === letter)
  if (peek(reader) === '?' && !accepts(reader, '?:')) throw new UnreadSyntax()
  if (++reader.depth > MOST_DEPTH) throw new UnreadSyntax()
  const inner = readAlternatives(reader)
  reader.depth--
  if (!accepts(reader, ')')) throw new UnreadSyntax()
  return inner
}

/** A class of letters, or a sign that means itself; references and assertions are not read. */
function readEscape(reader: Reader): (letter: string) => boolean {
  const letter = take(reader)
  const known = CLASSES[letter]
  if (known) return own => known.test(own)
  if (/\w/.test(letter)) throw new UnreadSyntax()
  return own => own === letter
}

function readClass(reader: Reader): (letter: string) => boolean {
  const isNot = accepts(reader, '^')
  const parts: ((letter: string) => boolean)[] = []
  do {
    const letter = take(reader)
    if (letter === '\\') parts.push(readEscape(reader))
    else if (peek(reader) === '-' && reader.text[reader.at + 1] !== ']') {
      reader.at++
      const last = take(reader)
      parts.push(own => letter <= own && own <= last)
    } else parts.push(own => own === letter)
  } while (peek(reader) !== ']')
  take(reader)
  return own => parts.some(fits => fits(own)) !== isNot
}

function readRepeated(reader: Reader, step: Step): Step {
  const [least, most] = readCounts(reader)
  if (least === 1 && most === 1) return step
  accepts(reader, '?')
  return (text, starts) => {
    let places = starts
    for (let i = 0; i < least; i++) places = step(text, places)
    const found = new Set(places)
    for (let i = least; i < most && places.size > 0; i++) {
      places = new Set([...step(text, places)].filter(at => !found.has(at)))
      for (const at of places) found.add(at)
    }
    return found
  }
}

const COUNTS = /^\{(\d*)(,?)(\d*)\}/

function readCounts(reader: Reader): readonly [least: number, most: number] {
  if (accepts(reader, '*')) return [0, Number.POSITIVE_INFINITY]
  if (accepts(reader, '+')) return [1, Number.POSITIVE_INFINITY]
  if (accepts(reader, '?')) return [0, 1]
  const [found, least = '', comma, most = ''] = COUNTS.exec(reader.text.slice(reader.at)) ?? []
  if (found === undefined) return [1, 1]
  reader.at += found.length
  const counts = [Number(least), comma ? (most ? Number(most) : Number.POSITIVE_INFINITY) : Number(least)] as const
  if (counts[0] > MOST_COPIES || (Number.isFinite(counts[1]) && counts[1] > MOST_COPIES)) throw new UnreadSyntax()
  return counts
}
