/** `npm run test:system`: whole starts, kills in mid-training and kills of every server; minutes for a few tests. */
import { defineConfig } from 'vitest/config'
import { project, SHARED } from './vitest.shared.ts'

export default defineConfig({ ...SHARED, test: { ...SHARED.test, projects: [project('system', true)] } })
