/** The figures that docs/figures.json keeps, and the page docs/figures.md that is made of them. No number is typed by hand. */
import { type Figure, type Status, verdict } from './figure.ts'
import { bound, format, interval } from './report.ts'

/** One measured figure, with the day and the machine it comes from. */
interface PublishedFigure extends Omit<Figure, 'control' | 'foreignLoad'> {
  readonly status: Status
  /** Day of the run, as 2026-11-29. */
  readonly date: string
  readonly machine: string
  /** From a run with `--quick`: it shows that the figure runs and proves nothing. */
  readonly quick?: true
}

/** The figures of each suite, in the suite's order. */
export type Published = Readonly<Record<string, readonly PublishedFigure[]>>

interface Run {
  readonly suite: string
  /** Every figure of the suite, in its order. */
  readonly names: readonly string[]
  readonly figures: readonly Figure[]
  readonly date: string
  readonly machine: string
  readonly quick: boolean
}

const publish = (figure: Figure, { date, machine, quick }: Run): PublishedFigure => {
  const { control: _, foreignLoad: __, ...kept } = figure
  return { ...kept, status: verdict(figure), date, machine, ...(quick ? { quick } : {}) }
}

/** A run without a value, or a quick one, says less than what a full run has measured; one that broke says nothing. */
function isBetter(next: PublishedFigure, known: PublishedFigure | undefined): boolean {
  if (next.value === null && next.status === 'fail') return false
  if (!known || known.value === null) return true
  return next.value !== null && (!next.quick || known.quick === true)
}

/** Adds a run to what is published. Figures that were not measured anew stay as they are; dropped names go. */
export function mergeRun(published: Published, run: Run): Published {
  const known = new Map(published[run.suite]?.map(figure => [figure.name, figure]))
  for (const figure of run.figures) {
    const next = publish(figure, run)
    if (isBetter(next, known.get(next.name))) known.set(next.name, next)
  }
  const ordered = run.names.flatMap(name => known.get(name) ?? [])
  const suites = { ...published, [run.suite]: ordered }
  return Object.fromEntries(Object.entries(suites).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The text of docs/figures.json, with an interval on one line as the formatter wants it. */
export const printPublished = (published: Published): string =>
  `${JSON.stringify(published, null, 2).replace(/\[\s+([^\s,[\]{}"]+),\s+([^\s,[\]{}"]+)\s+\]/g, '[$1, $2]')}\n`

const HEAD = `# Figures

This page is written by the bench; do not edit it. \`npm run bench -- SUITE --write\` measures a suite (\`engine\`, \`families\`,
\`platform\` or \`outside\`), merges the figures into [figures.json](figures.json) and renders this page from it. What a run did not measure
keeps its value and its date.

| option | effect |
|---|---|
| \`--only NAME,...\` | measures these figures alone; \`parity\` stands for all that begin with \`parity.\` |
| \`--list\` | prints the names of the suite |
| \`--json\` | prints one JSON object in place of a table |
| \`--quick\` | a few rounds of everything: shows that a figure runs and proves nothing |
| \`--write\` | keeps the result here; a quick run never replaces a full one |

**floor** is the limit that we set ourselves and that a release has to hold; **goal** is where we want to be. A figure passes when its
whole 95 % interval reaches the floor. Ratios are ours over the peer's (torch, diffusers, peft, pinned in
[bench/peers](../bench/peers); \`bench/peers/setup.sh\` installs them), so below 1 is better for us. They come from interleaved
pairs in alternating order. Next to each stands a comparison of one side with itself (A/A). Where that control is wider than the distance to
the floor, or other programs used the machine, the figure is *inconclusive*. \`reported\` has no floor. \`not measured\` says why.
`

const cellText = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Machines in the order of the page, each with a letter. */
const lettersOf = (figures: readonly PublishedFigure[]): ReadonlyMap<string, string> =>
  new Map([...new Set(figures.map(({ machine }) => machine))].map((name, i) => [name, String.fromCharCode(65 + i)]))

function renderSuite(name: string, figures: readonly PublishedFigure[], letters: ReadonlyMap<string, string>): string {
  const rows = figures.map(figure => [
    `\`${figure.name}\``,
    `${format(figure.value)} ${figure.unit}`.trim(),
    interval(figure),
    bound(figure, figure.floor),
    bound(figure, figure.goal),
    figure.n ? String(figure.n) : '',
    figure.status,
    `${figure.date} ${letters.get(figure.machine)}${figure.quick ? ' quick' : ''}`,
    figure.note,
  ])
  const lines = rows.map(cells => `| ${cells.map(cellText).join(' | ')} |`)
  const head = [
    '| figure | value | 95 % | floor | goal | n | status | measured | note |',
    '|---|---|---|---|---|---|---|---|---|',
  ]
  return [`## ${name}`, '', ...head, ...lines].join('\n')
}

/** The page docs/figures.md. */
export function renderPage(published: Published): string {
  const letters = lettersOf(Object.values(published).flat())
  const suites = Object.entries(published).map(([name, figures]) => renderSuite(name, figures, letters))
  const machines = [...letters].map(([name, letter]) => `- **${letter}**: ${name}`)
  return `${[HEAD.trimEnd(), ...suites, ['## Machines', '', ...machines].join('\n')].join('\n\n')}\n`
}
