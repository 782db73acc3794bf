import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../config.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

describe('the configuration', () => {
  test('needs no variable', () => {
    expect(readConfig({})).toMatchObject({
      production: false,
      dataDir: `${ROOT}/data`,
      host: '127.0.0.1',
      port: 4000,
      databaseUrl: undefined,
      device: { provider: 'cpu' },
    })
  })
  test('takes empty variables as absent and makes folders absolute', () => {
    const config = readConfig({
      PORT: '',
      DATA_DIR: 'some/place',
      THREADS: '3',
      ALLOWED_ORIGINS: 'https://a.example, https://b.example',
    })
    expect(config).toMatchObject({
      port: 4000,
      dataDir: resolve('some/place'),
      device: { threads: 3 },
      allowedOrigins: ['https://a.example', 'https://b.example'],
    })
  })
  test('is frozen', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true)
  })
  test('tells of every wrong variable at once, and no secret', () => {
    const read = () =>
      readConfig({
        PORT: '70000',
        NODE_ENV: 'prod',
        LEASE_SECONDS: 'soon',
        DATABASE_URL: 'mysql://root:hunter2@db/x',
        PUBLIC_URL: 'https://example.com/path',
        ALLOWED_ORIGINS: 'example.com',
        METRICS_TOKEN: 'hunter2',
      })
    expect(read).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    expect(read).toThrow(/^7 environment variables are wrong: /)
    for (const part of [
      /PORT is "70000"/,
      /METRICS_TOKEN must have at least 16/,
      /NODE_ENV is "prod"/,
      /LEASE_SECONDS/,
      /DATABASE_URL must/,
      /PUBLIC_URL must/,
      /ALLOWED_ORIGINS/,
    ])
      expect(read).toThrow(part)
    expect(read).not.toThrow(/hunter2/)
  })
})
