/** One optimizer step of LoRA against diffusers + peft, in the two named profiles: time in pairs, peak memory of both. */
import { type Device, openDevice } from '../../engine/runtime/device.ts'
import { type Claim, type Figure, measured, notMeasured } from '../../measures/figure.ts'
import { gigabytes, readMemory } from '../../measures/process-memory.ts'
import { ratioFigure } from '../../measures/ratios.ts'
import { interleavedPairs, type PairOptions, settled } from '../../measures/statistics.ts'
import { watchForeignLoad } from '../foreign-load.ts'
import { createLora, openLora, RANK, RATE } from '../lora-training.ts'
import { type MeasuredModel, missingModel, openMeasured, SUFFIXES, type Suffix } from '../measured-models.ts'
import type { Peer } from '../peer.ts'
import type { BenchContext, FigureSource } from '../source.ts'

/** Losses of the first steps must agree, or two different things would be timed. */
const SAME = 1e-3

type ProfileName = 'fast' | 'lean'
type Quantity = 'step' | 'peak'
type Bounds = Pick<Claim, 'floor' | 'goal'>
const BOUNDS: Record<ProfileName, Record<Quantity, Bounds>> = {
  fast: { step: { floor: 0.9, goal: 0.8 }, peak: { floor: 1.6, goal: null } },
  lean: { step: { floor: 1.15, goal: null }, peak: { floor: 0.9, goal: 0.7 } },
}
const BUDGETS: Record<Suffix, Record<ProfileName, PairOptions>> = {
  base: { fast: { pairs: 60, maxSeconds: 120 }, lean: { pairs: 20, maxSeconds: 60 } },
  sd15: { fast: { pairs: 60, maxSeconds: 720, warmup: 1 }, lean: { pairs: 20, maxSeconds: 300, warmup: 1 } },
}
/** A step at full size must leave room on a 16 GB machine. */
const MOST_BYTES = 10e9
const PROFILES = ['fast', 'lean'] as const
const QUANTITIES = ['step', 'peak'] as const

const claimOf = (profile: ProfileName, quantity: Quantity, suffix: Suffix): Claim => ({
  name: `${profile}.${quantity}.${suffix}`,
  unit: 'ours/peer',
  better: 'lower',
  ...BOUNDS[profile][quantity],
})
const FITS: Claim = { name: 'fullsize.step_bytes', unit: 'GB', better: 'lower', floor: MOST_BYTES / 1e9, goal: null }

async function openTheirs(peer: Peer, { model, inputs }: MeasuredModel, path: string, threads: number): Promise<void> {
  await peer.call('load', { folder: model.folder, threads })
  await peer.call('inputs', { path: inputs })
  await peer.call('lora', { rank: RANK, alpha: RANK, path, rate: RATE })
}

function memoryFigures(profile: ProfileName, suffix: Suffix, device: Device, peer: Peer): Figure[] {
  const [ours, theirs] = [readMemory(device.pid), peer.memory()]
  const facts = [
    `VmHWM ${gigabytes(ours.peak)} against ${gigabytes(theirs.peak)}`,
    `private now ${gigabytes(ours.private)} against ${gigabytes(theirs.private)}`,
  ]
  const peak = measured(claimOf(profile, 'peak', suffix), ours.peak / theirs.peak, 1, facts.join('; '))
  if (suffix !== 'sd15' || profile !== 'lean') return [peak]
  return [peak, measured(FITS, ours.peak / 1e9, 1, 'peak of a LoRA step at SD1.5 size, 32x32 latents, lean profile')]
}

async function measureProfile(context: BenchContext, model: MeasuredModel, profile: ProfileName): Promise<Figure[]> {
  const { threads, peers } = context
  const device = openDevice({ threads })
  const peer = peers.open('diffusers_peer.py')
  try {
    const { objective, path } = await createLora(model)
    await openTheirs(peer, model, path, threads)
    const { next } = await openLora(device, objective, profile)
    let worst = 0
    for (let i = 0; i < 2; i++) {
      const [ours, theirs] = [(await next()).loss, Number((await peer.call('step')).loss)]
      worst = Math.max(worst, Math.abs(ours - theirs) / theirs)
    }
    if (!(worst <= SAME)) throw new Error(`the losses of the first steps differ by ${worst}`)
    const budget = context.budget(BUDGETS[model.suffix][profile])
    const ours = settled(async () => (await next()).ms)
    const theirs = settled(async () => (await peer.call('step')).ms)
    const load = watchForeignLoad([device.pid, peer.pid])
    const pairs = await interleavedPairs(ours, theirs, budget)
    const note = `rank ${RANK}, batch ${model.shape.batch}; first losses differ by ${worst.toExponential(1)}`
    const step = ratioFigure(claimOf(profile, 'step', model.suffix), pairs, 'ms', { note, foreignLoad: load() })
    return [step, ...memoryFigures(profile, model.suffix, device, peer)]
  } finally {
    await device.kill()
    await peer.close()
  }
}

const namesOf = (profile: ProfileName, suffix: Suffix): string[] => [
  ...QUANTITIES.map(quantity => claimOf(profile, quantity, suffix).name),
  ...(suffix === 'sd15' && profile === 'lean' ? [FITS.name] : []),
]

async function run(context: BenchContext): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const suffix of SUFFIXES) {
    const wanted = PROFILES.filter(profile => namesOf(profile, suffix).some(context.wants))
    const missing = context.peers.missing ?? missingModel(context, suffix)
    if (missing) {
      for (const profile of wanted)
        for (const quantity of QUANTITIES) figures.push(notMeasured(claimOf(profile, quantity, suffix), missing))
    } else if (wanted.length > 0) {
      const model = await openMeasured(context, suffix)
      for (const profile of wanted) figures.push(...(await measureProfile(context, model, profile)))
    }
  }
  return figures
}

export const loraStep: FigureSource = {
  names: SUFFIXES.flatMap(suffix => PROFILES.flatMap(profile => namesOf(profile, suffix))),
  minutes: 12,
  run,
}
