/** Every key of every config is read, known to be without effect, or refused by name: no model is drawn on assumptions. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openBase } from '../../../../engine/base/base.ts'
import { noiseSchedule, SCHEDULERS } from '../../../../engine/schedulers/index.ts'
import { readProcess, SCHEDULER_KEYS } from '../../../../engine/schedulers/process.ts'
import { ignoredKeys, readConfigClasses } from '../../../../measures/engine/config-keys.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'
import { temporaryFolder } from '../../../stage/temporary-folder.ts'

const SD = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear', steps_offset: 1, clip_sample: false }

/** A tiny base with some keys of one of its files changed. */
async function changedBase(file: string, keys: Record<string, unknown>, kind: 'sd1' | 'sdxl' = 'sd1'): Promise<string> {
  const folder = await writeTinyBase(await temporaryFolder(), kind)
  const path = join(folder, file)
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...keys }))
  return folder
}

test('no key of the pinned config classes is ignored', async () => {
  const { tried, ignored } = ignoredKeys(await readConfigClasses())
  expect(ignored).toEqual([])
  expect(tried).toBeGreaterThan(500)
})

describe('the noise process of a base', () => {
  test.each([
    ['FlowMatchEulerDiscreteScheduler', 'flow matching'],
    ['EDMEulerScheduler', 'continuous in sigma'],
    ['LCMScheduler', 'consistency model'],
    ['TCDScheduler', 'consistency model'],
    ['DDIMInverseScheduler', 'turns an image into noise'],
    ['SomeFutureScheduler', 'does not know which noise'],
    ['constructor', 'does not know which noise'],
  ])('%s is refused by name', async (name, reason) => {
    const opening = openBase(await changedBase('scheduler/scheduler_config.json', { _class_name: name }))
    await expect(opening).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
    await expect(opening).rejects.toThrow(new RegExp(`${name}.*${reason}`))
  })

  test('is that of the class in model_index.json, which diffusers loads, whatever the file beside the weights says', async () => {
    const named = (scheduler: string) => changedBase('model_index.json', { scheduler: ['diffusers', scheduler] })
    await expect(openBase(await named('FlowMatchEulerDiscreteScheduler'))).rejects.toThrow(
      /model_index.json names the scheduler FlowMatchEulerDiscreteScheduler.*flow matching/,
    )
    expect((await openBase(await named('DDIMScheduler'))).schedulerConfig._class_name).toBe('DDIMScheduler')
  })

  test('heads of the UNet under the name that diffusers refuses are refused', async () => {
    await expect(openBase(await changedBase('unet/config.json', { num_attention_heads: 4 }))).rejects.toThrow(
      'num_attention_heads',
    )
  })

  test.each([
    ['EulerDiscreteScheduler', { timestep_type: 'continuous' }],
    ['EulerDiscreteScheduler', { sigma_max: 80 }],
    ['DPMSolverMultistepScheduler', { use_flow_sigmas: true }],
    ['UniPCMultistepScheduler', { use_dynamic_shifting: true }],
    ['DDPMScheduler', { variance_type: 'learned_range' }],
    ['DDIMScheduler', { beta_schedule: 'laplace' }],
    ['HeunDiscreteScheduler', { prediction_type: 'sample' }],
    ['DDIMScheduler', { a_key_of_tomorrow: 3 }],
  ])('%s with %o is refused by the key', async (name, keys) => {
    const folder = await changedBase('scheduler/scheduler_config.json', { _class_name: name, ...keys })
    const opening = openBase(folder)
    await expect(opening).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
    await expect(opening).rejects.toThrow(Object.keys(keys)[0])
  })

  test('a class whose sampler is not here is drawn on its own process, with the defaults of its class', () => {
    const heun = noiseSchedule(readProcess({ _class_name: 'HeunDiscreteScheduler' }))
    const given = noiseSchedule({ beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'linear' })
    expect(heun.alphasCumprod).toEqual(given.alphasCumprod)
  })

  test('every key that counts as part of the process changes it or is refused', () => {
    const other: Record<string, unknown> = {
      ...{ num_train_timesteps: 500, beta_start: 0.001, beta_end: 0.02, beta_schedule: 'squaredcos_cap_v2' },
      ...{ trained_betas: Array.from({ length: 1000 }, () => 0.01), prediction_type: 'v_prediction' },
      rescale_betas_zero_snr: true,
    }
    const process = Object.entries(SCHEDULER_KEYS).flatMap(([key, treatment]) => (treatment === 'process' ? [key] : []))
    expect(process.toSorted()).toEqual(Object.keys(other).toSorted())
    const plain = JSON.stringify(noiseSchedule(SD))
    for (const key of process.filter(one => one !== 'rescale_betas_zero_snr'))
      expect(JSON.stringify(noiseSchedule({ ...SD, [key]: other[key] })), key).not.toBe(plain)
    expect(() => noiseSchedule({ ...SD, rescale_betas_zero_snr: true })).toThrow('rescale_betas_zero_snr')
  })

  test('every key that a sampler reads changes the plan of one, or is refused by one', () => {
    const other: Record<string, unknown> = {
      ...{ timestep_spacing: 'trailing', steps_offset: 3, set_alpha_to_one: false, clip_sample: true },
      ...{
        clip_sample_range: 2,
        thresholding: true,
        skip_prk_steps: false,
        solver_order: 1,
        algorithm_type: 'dpmsolver',
      },
      ...{ solver_type: 'heun', final_sigmas_type: 'sigma_min' },
      ...{ lambda_min_clipped: -5, interpolation_type: 'log_linear', use_karras_sigmas: true },
      ...{ use_exponential_sigmas: true, use_beta_sigmas: true, use_lu_lambdas: true },
    }
    const plan = (keys: object) =>
      Object.values(SCHEDULERS).map(scheduler => {
        try {
          return JSON.stringify(scheduler.plan({ ...SD, skip_prk_steps: true, clip_sample_range: 1, ...keys }, 10))
        } catch (error) {
          return String(error)
        }
      })
    for (const [key, treatment] of Object.entries(SCHEDULER_KEYS)) {
      if (treatment !== 'sampler') continue
      const beside = key === 'clip_sample_range' ? { clip_sample: true } : {}
      expect(plan({ ...beside, [key]: other[key] }), key).not.toEqual(plan(beside))
    }
  })

  test('what the Stable Diffusion pipeline corrects on load is corrected here and said; XL corrects nothing', async () => {
    const keys = { steps_offset: 0, clip_sample: true }
    const base = await openBase(await changedBase('scheduler/scheduler_config.json', keys))
    expect(base.schedulerConfig).toMatchObject({ steps_offset: 1, clip_sample: false })
    expect(base.notes.join(' ')).toMatch(/"steps_offset": 0; 1 is used.*"clip_sample": true; false is used/)
    const xl = await openBase(await changedBase('scheduler/scheduler_config.json', keys, 'sdxl'))
    expect(xl.schedulerConfig).toMatchObject(keys)
    expect(xl.notes).toEqual([])
  })
})

describe('the networks of a base', () => {
  test.each([
    ['unet', { timestep_post_act: 'silu' }],
    ['unet', { time_embedding_act_fn: 'gelu' }],
    ['unet', { time_embedding_dim: 7 }],
    ['unet', { mid_block_type: null }],
    ['unet', { mid_block_type: 'UNetMidBlock2D' }],
    ['unet', { resnet_out_scale_factor: 1.5 }],
    ['unet', { resnet_skip_time_act: true }],
    ['unet', { cross_attention_norm: 'layer_norm' }],
    ['unet', { dropout: 0.1 }],
    ['unet', { a_key_of_tomorrow: 'x' }],
    ['vae', { latents_std: [1, 1, 1, 1] }],
    ['vae', { down_block_types: ['AttnDownEncoderBlock2D'] }],
    ['text_encoder', { attention_dropout: 0.1 }],
    ['text_encoder', { a_key_of_tomorrow: 'x' }],
  ])('%s with %o is refused by the key', async (component, keys) => {
    const opening = openBase(await changedBase(`${component}/config.json`, keys))
    await expect(opening).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
    await expect(opening).rejects.toThrow(Object.keys(keys)[0])
  })

  test('keys that are off, notes, and what only text generation reads are let pass', async () => {
    const unet = await changedBase('unet/config.json', { a_key_of_tomorrow: null, another: false, _note: 'x' })
    await expect(openBase(unet)).resolves.toBeDefined()
    const text = await changedBase('text_encoder/config.json', { temperature: 1, torch_dtype: 'float16', top_k: 50 })
    await expect(openBase(text)).resolves.toBeDefined()
  })
})
