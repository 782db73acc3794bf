/** kill -9 at random points of a training, then the same command again: the adapter must be the same file, to the byte. */
import { countResumes, type Victim } from '../../measures/engine/kill-training.ts'
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import type { FigureSource } from '../source.ts'

const KILLS = 20
const VICTIMS: Record<string, Victim> = { 'resume.command': 'command', 'resume.device': 'device' }
const claim = (name: string): Claim => ({ name, unit: `of ${KILLS} runs`, better: 'lower', floor: 0, goal: null })

async function measure(name: string, victim: Victim): Promise<Figure> {
  const { killed, resumed, different, survived, leftover } = await countResumes(KILLS, victim)
  const facts = `${killed} kills hit the ${victim}, ${resumed} went on from a checkpoint, ${survived} processes outlived it`
  const note = `${facts}, files left over: ${leftover.join(', ') || 'none'}`
  return measured(claim(name), different + survived + leftover.length, KILLS, note)
}

export const resume: FigureSource = {
  names: Object.keys(VICTIMS),
  minutes: 5,
  run: async ({ wants }) => {
    const figures: Figure[] = []
    for (const [name, victim] of Object.entries(VICTIMS)) if (wants(name)) figures.push(await measure(name, victim))
    return figures
  },
}
