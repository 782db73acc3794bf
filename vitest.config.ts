/** `npm test`: pure (text and values, seconds), device (models on the device process), platform (real servers: the database, the API, stores). */
import { defineConfig } from 'vitest/config'
import { project, SHARED } from './vitest.shared.ts'

const projects = [project('pure', false), project('device', false), project('platform', true)]

export default defineConfig({ ...SHARED, test: { ...SHARED.test, projects } })
