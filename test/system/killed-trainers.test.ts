import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { uniforms } from '../../engine/noise.ts'
import { descendants, waitForEnd } from '../../measures/stage/cli-process.ts'
import { type Environment, isFinal, openEnvironment } from '../stage/environment.ts'
import { adapterOf, openTrainers, type Trainers } from '../stage/trainers.ts'

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

let environment: Environment
let tenant: string
let trainers: Trainers

beforeAll(async () => {
  environment = await openEnvironment()
  tenant = environment.tenants[0]
  trainers = openTrainers(environment, tenant)
})
afterAll(() => environment.close())
afterEach(() => trainers.stop())

describe('a killed trainer', () => {
  const moments = Array.from(uniforms(3, 0, 4), (u, i) => 2 * (i + u))
  test.each(moments)('at step %f is taken over by another, which ends with the same bytes', async moment => {
    const expected = await trainers.wholeAdapter()
    const id = await environment.train(tenant)
    const first = trainers.start()
    await environment.until(tenant, id, ({ state, step }) => state === 'RUNNING' && step >= Math.floor(moment))
    await sleep(60 * (moment % 1))
    const devices = descendants(first.pid as number)
    first.kill('SIGKILL')
    expect(await waitForEnd(devices, 3000)).toBeDefined()
    trainers.start()
    const job = await environment.until(tenant, id, isFinal)
    expect(adapterOf(job).sha256).toBe(expected)
    expect(job.attempts[0]?.outcome).toBe('EXPIRED')
    expect(job.versions).toHaveLength(1)
    const resumed = job.checkpoints.filter(({ attempt }) => attempt === 1).at(-1)?.step ?? 0
    const again = job.events.filter(({ type, attempt }) => type === 'progress' && attempt === 2)
    expect((again[0]?.payload as { step: number } | undefined)?.step ?? resumed + 1).toBe(resumed + 1)
    expect(await readdir(trainers.work)).toEqual([])
  })

  test('of which only the device is killed starts again from the checkpoint by itself', async () => {
    const expected = await trainers.wholeAdapter()
    const id = await environment.train(tenant)
    const child = trainers.start()
    await environment.until(tenant, id, ({ checkpoints }) => checkpoints.length > 0)
    for (const device of descendants(child.pid as number)) process.kill(device, 'SIGKILL')
    const job = await environment.until(tenant, id, isFinal)
    expect(job.attempts.map(({ outcome }) => outcome)).toEqual(['FAILED', 'SUCCEEDED'])
    expect(job.attempts[0]?.reason).toBe('the process that computes ended unexpectedly')
    expect(adapterOf(job).sha256).toBe(expected)
  })
})
