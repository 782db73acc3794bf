/** Every shared case that needs no service: the tests run each, and the figure `cases.wrong` counts those that are not right. */
import { ADAPTER_CASES } from './adapters.ts'
import type { Case } from './case.ts'
import { DRAWING_CASES } from './drawing.ts'
import { FOLDER_CASES } from './folders.ts'
import { PHOTO_CASES } from './photos.ts'
import { SAMPLER_CASES } from './samplers.ts'

export const CASES: readonly Case[] = [
  ...ADAPTER_CASES,
  ...PHOTO_CASES,
  ...DRAWING_CASES,
  ...SAMPLER_CASES,
  ...FOLDER_CASES,
].toSorted((a, b) => (a.name < b.name ? -1 : 1))
