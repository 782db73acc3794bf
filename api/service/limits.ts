/** The limits that inputs must respect, in one place; `service { limits }` returns them. */
import { MAX_PIXELS } from '../../engine/descriptors.ts'
import { PAGE_LIMIT } from '../reading/page.ts'

export const LIMITS = {
  photosPerSet: 30,
  photoBytes: 25 * 2 ** 20,
  photoPixels: MAX_PIXELS.JPEG,
  adapterBytes: 512 * 2 ** 20,
  imagesPerGeneration: 16,
  imagePixels: 2048 * 2048,
  stepsPerImage: 200,
  stepsPerTraining: 20_000,
  /** The longest training of batch 1 with class images costs 120,000. */
  workUnitsPerJob: 200_000,
  waitingJobs: 500,
  waitingWorkUnits: 400_000,
  aliasesPerAdapter: 20,
  /** Of a tenant, as the next one. */
  storedBytes: 100 * 2 ** 30,
  apiKeys: 100,
  pageSize: PAGE_LIMIT,
  subscriptionsPerConnection: 50,
  /** Of each API process, as the next one. */
  subscriptionsPerCaller: 1000,
  subscriptionsPerTenant: 5000,
} as const

/** How long forms and links are good. */
export const UPLOAD_SECONDS = 3600
export const LINK_SECONDS = 900
export const INVITATION_SECONDS = 7 * 86_400
