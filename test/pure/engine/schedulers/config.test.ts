/** Scheduler configs: whose defaults hold, and what is refused by name. */

import { describe, expect, test } from 'vitest'
import { findScheduler, SCHEDULERS } from '../../../../engine/schedulers/index.ts'
import { parseJsonObject } from '../../../../files/json.ts'

const SD = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear', steps_offset: 1, clip_sample: false }

describe('configs', () => {
  test('absent keys take the default of the class that uses the config', () => {
    const timesteps = (name: string) =>
      findScheduler(name)
        .plan(SD, 10)
        .steps.map(step => step.timestep)
    expect(timesteps('DDIMScheduler')[0]).toBe(901)
    expect(timesteps('DPMSolverMultistepScheduler')[0]).toBe(999)
  })

  test('keys of other classes are left aside', () => {
    const pndm = { ...SD, _class_name: 'PNDMScheduler', skip_prk_steps: true, set_alpha_to_one: false }
    expect(findScheduler('dpm++').plan(pndm, 10).steps).toHaveLength(10)
  })

  test.each([
    ['ddim', { thresholding: true }],
    ['ddim', { prediction_type: 'sample' }],
    ['ddim', { beta_schedule: 'sigmoid' }],
    ['ddim', { rescale_betas_zero_snr: true }],
    ['dpm++', { use_beta_sigmas: true }],
    ['euler', { interpolation_type: 'log_linear' }],
    ['pndm', { rescale_betas_zero_snr: true }],
    ['pndm', { skip_prk_steps: false }],
    ['dpm++', { algorithm_type: 'sde-dpmsolver++' }],
    ['dpm++', { solver_order: 3 }],
    ['dpm++', { solver_type: 'heun' }],
    ['dpm++', { final_sigmas_type: 'sigma_min' }],
    ['dpm++', { lambda_min_clipped: -5.1 }],
    ['dpm++', { variance_type: 'learned' }],
  ])('%s refuses %o and names the key', (name, option) => {
    const plan = () => findScheduler(name).plan({ ...SD, ...option }, 10)
    expect(plan).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }))
    expect(plan).toThrow(Object.keys(option)[0])
  })

  test.each([0, -1, 2.5, 1001])('%d steps are refused', steps => {
    for (const scheduler of Object.values(SCHEDULERS)) {
      expect(() => scheduler.plan(SD, steps)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
    }
  })

  test('fresh noise is refused where a scheduler takes none', () => {
    const { ddim: _, ...others } = SCHEDULERS
    for (const scheduler of Object.values(others)) {
      expect(() => scheduler.plan(SD, 10, { eta: 0.5 }), scheduler.name).toThrow('eta 0.5')
    }
    expect(() => findScheduler('ddim').plan(SD, 10, { eta: 2 })).toThrow('eta is 2')
  })

  test('an unknown class is refused with the known ones', () => {
    const next = expect.stringMatching(/DDIMScheduler.*DPMSolverMultistepScheduler/)
    expect(() => findScheduler('LCMScheduler')).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED', next }))
  })

  test('the infinity that Python writes is read; other broken text is refused', () => {
    const parse = (text: string) => parseJsonObject(text, 'scheduler_config.json')
    const config = parse('{"lambda_min_clipped": -Infinity, "beta_end": 0.012}')
    expect(findScheduler('dpm++').plan(config, 5).steps).toHaveLength(5)
    expect(() => parse('{"beta_end": ')).toThrow('scheduler_config.json is not valid JSON')
    expect(() => parse('{"a": -Infinity, "beta_end": ')).toThrow('scheduler_config.json is not valid JSON')
    expect(() => parse('[1]')).toThrow('scheduler_config.json does not hold a JSON object')
  })
})
