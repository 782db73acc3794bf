/** Every shared case that needs no service: the tests run each, and the figure `cases.wrong` counts those that are not right. */
import type { Case } from './case.ts'
import { ENGINE_CASES } from './engine.ts'
import { PHOTO_CASES } from './photos.ts'

export type { Case, CaseStage } from './case.ts'

export const CASES: readonly Case[] = [...PHOTO_CASES, ...ENGINE_CASES].toSorted((a, b) => (a.name < b.name ? -1 : 1))
