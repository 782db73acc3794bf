/** Cases 15 to 18 and 30: trainings that go on, seeds, and prompts. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { openBase, openPipeline, type Photo, personalize, promptWarnings } from '../../engine/index.ts'
import { uniforms } from '../../engine/noise.ts'
import { parsePrompt } from '../../engine/pipeline/prompt.ts'
import { writeTinyBase } from '../stage/tiny-base.ts'
import { type Case, type CaseStage, differs, isWrong, notRefused } from './case.ts'
import { draw, REQUEST } from './draw.ts'

async function resumes(stage: CaseStage): Promise<string[]> {
  const folder = await stage.newFolder()
  const pipeline = openPipeline(stage.device, await openBase(await writeTinyBase(join(folder, 'base'))))
  const photo = (seed: number, caption = 'sks dog'): Photo => ({
    pixels: uniforms(seed, 0, 3 * 16 * 16).map(value => 2 * value - 1),
    caption,
  })
  const path = join(folder, 'checkpoint')
  const train = (photos: readonly Photo[], stopAt?: number) => {
    const controller = new AbortController()
    const onStep = ({ step }: { step: number }) => step === stopAt && controller.abort()
    const options = {
      method: 'lora',
      options: { rank: 2 },
      seed: 1,
      steps: 4,
      batch: 1,
      onStep,
      signal: controller.signal,
    }
    return personalize(pipeline, { photos, subject: 'sks dog' }, { ...options, checkpoint: { path, every: 1 } })
  }
  const photos = [photo(1), photo(2)]
  const whole = await train(photos)
  await rm(path)
  const faults = await notRefused('a stop', () => train(photos, 2), /cancel|stop/i)
  faults.push(...(await notRefused('a changed caption', () => train([photo(1, 'a dog'), photo(2)]), /another|other/)))
  faults.push(...(await notRefused('a changed photo', () => train([photo(1), photo(3)]), /another|other/)))
  const resumed = await train(photos)
  await pipeline.close()
  return [...faults, ...isWrong('the resumed adapter differs', !isDeepStrictEqual(resumed.tensors, whole.tensors))]
}

async function seeds(stage: CaseStage): Promise<string[]> {
  const base = await writeTinyBase(join(await stage.newFolder(), 'base'))
  const requests = [0, 1, 2].map(i => ({ ...REQUEST, seed: 7 + i }))
  const together = await draw(stage, base, requests)
  const faults: string[] = []
  for (const [i, request] of requests.entries()) {
    const [alone] = await draw(stage, base, [request])
    faults.push(
      ...isWrong(`image ${i} differs from that of seed ${request.seed}`, !isDeepStrictEqual(alone, together[i])),
    )
  }
  return faults
}

async function longPrompts(stage: CaseStage): Promise<string[]> {
  const folder = await writeTinyBase(join(await stage.newFolder(), 'base'))
  const base = await openBase(folder)
  const prompt = `${'a '.repeat(75)}dog`
  const of = (prompt: string, longPrompt?: 'cut') => ({ ...REQUEST, prompt, longPrompt })
  const [long] = await draw(stage, folder, [of(prompt)])
  const [short] = await draw(stage, folder, [of('a '.repeat(75))])
  const codes = promptWarnings(base, of(prompt, 'cut')).map(({ code, message }) => [code, message.includes('"dog"')])
  return [
    ...isWrong('the last word has no effect', isDeepStrictEqual(long, short)),
    ...differs('what is said of it', promptWarnings(base, of(prompt)), []),
    ...differs('what is said where it is cut', codes, [['PROMPT_CUT', true]]),
  ]
}

async function promptSyntax(stage: CaseStage): Promise<string[]> {
  const base = await openBase(await writeTinyBase(join(await stage.newFolder(), 'base')))
  const parts = (prompt: string) =>
    parsePrompt(prompt).map(({ text, weight }) => [text.trim(), Number(weight.toFixed(3))])
  const said = (prompt: string) =>
    promptWarnings(base, { prompt }).flatMap(({ code, message }) => (code === 'PROMPT_SYNTAX' ? [message] : []))
  const named = (prompt: string, word: string) =>
    isWrong(`${word} is not named`, !said(prompt).join().includes(`"${word}"`))
  return [
    ...differs('nested weights', parts('(a (b:1.5) c)'), [
      ['a', 1.1],
      ['b', 1.65],
      ['c', 1.1],
    ]),
    ...differs('((cat))', parts('((cat))'), [['cat', 1.21]]),
    ...differs('[[cat]]', parts('[[cat]]'), [['cat', 0.826]]),
    ...differs('literal brackets', parts('\\(a\\)'), [['(a)', 1]]),
    ...differs('BREAK', said('a BREAK b'), []),
    ...named('a AND b', 'AND'),
    ...named('a <lora:NAME:0.8>', '<lora:NAME:0.8>'),
  ]
}

async function seedRange(stage: CaseStage): Promise<string[]> {
  const base = await writeTinyBase(join(await stage.newFolder(), 'base'))
  const withSeed = (seed: number) => draw(stage, base, [{ ...REQUEST, seed, steps: 1 }])
  const largest = await withSeed(Number.MAX_SAFE_INTEGER).then(() => 'drawn')
  return [
    ...differs('the seed 2^53 - 1', largest, 'drawn'),
    ...(await notRefused('the seed 2^53', () => withSeed(2 ** 53), /seed 9007199254740992/)),
    ...(await notRefused('a negative seed', () => withSeed(-1), /seed -1/)),
  ]
}

export const DRAWING_CASES: readonly Case[] = [
  { name: '15-resume', check: resumes },
  { name: '16-seeds', check: seeds },
  { name: '17-long-prompt', check: longPrompts },
  { name: '18-prompt-syntax', check: promptSyntax },
  { name: '30-seed-range', check: seedRange },
]
