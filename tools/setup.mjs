// Makes a fresh checkout runnable: installs what package-lock.json pins and generates the database client when they are not
// there yet, then runs the target with the Node that the package brings. Needs nothing but the Node (>= 20) and npm that start it.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const node = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** The optional CUDA libraries are a download of their own; a GPU node installs them on purpose. */
const installEnv = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' }
/** The client is generated offline: the engine that Prisma would look for is not needed. */
const generateEnv = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' }

function fail(message, next) {
  console.error(`${message}\n${next}`)
  process.exit(1)
}

const hashOf = (...files) =>
  files.reduce((hash, file) => hash.update(readFileSync(join(root, file))), createHash('sha256')).digest('hex')

const isStamped = (stamp, hash) => existsSync(stamp) && readFileSync(stamp, 'utf8') === hash

/** Whether npm itself has installed exactly this lock file, less optional packages of other platforms. */
function isInstalled() {
  const hidden = join(modules, '.package-lock.json')
  if (!existsSync(hidden)) return false
  const read = file => JSON.parse(readFileSync(file, 'utf8')).packages
  const { '': _, ...wanted } = read(join(root, 'package-lock.json'))
  const present = read(hidden)
  const same = ([path, { integrity }]) => wanted[path]?.integrity === integrity
  return (
    Object.entries(present).every(same) &&
    Object.entries(wanted).every(([path, { optional }]) => optional || path in present)
  )
}

function install() {
  const [stamp, lock] = [join(modules, '.semblance-lock'), hashOf('package-lock.json')]
  if (existsSync(node) && (isStamped(stamp, lock) || isInstalled())) return
  console.error('Installing pinned packages (once, about a minute) ...')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: installEnv,
    stdio: ['ignore', 2, 2],
  })
  if (done.error) fail(`npm did not start: ${done.error.message}`, 'Install Node.js 20 or newer with npm.')
  if (done.signal) process.exit(128 + constants.signals[done.signal])
  if (done.status !== 0)
    fail(
      `npm ci ended with code ${done.status}.`,
      'Check the connection to the npm registry and the free disk space, then try again.',
    )
  writeFileSync(stamp, lock)
}

function generateClient() {
  const stamp = join(root, 'prisma', 'generated', '.schema')
  const hash = hashOf('prisma/schema.prisma', 'package-lock.json')
  if (isStamped(stamp, hash)) return
  const prisma = join(modules, 'prisma', 'build', 'index.js')
  const done = spawnSync(node, [prisma, 'generate'], { cwd: root, env: generateEnv, encoding: 'utf8' })
  if (done.signal) process.exit(128 + constants.signals[done.signal])
  if (done.status !== 0)
    fail(
      `The database client was not generated: ${done.error?.message ?? `${done.stdout}${done.stderr}`.trim()}`,
      'Check the free disk space, delete node_modules, then try again.',
    )
  writeFileSync(stamp, hash)
}

/** Runs the script to its end. Signals go on to it; `channel` tells it when this process is killed. */
function run(script, channel) {
  const separator = process.platform === 'win32' ? ';' : ':'
  const env = { ...process.env, PATH: `${dirname(node)}${separator}${process.env.PATH}` }
  const child = spawn(node, script, { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', ...channel] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => fail(`${node} did not start: ${error.message}`, 'Delete node_modules, then try again.'))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

const [major] = process.versions.node.split('.').map(Number)
if (major < 20) fail(`This is Node ${process.versions.node}.`, 'Semblance needs Node.js 20 or newer.')
install()
generateClient()
const [target, ...rest] = process.argv.slice(2)
if (target === '--test') run(['node_modules/vitest/vitest.mjs', 'run', ...rest], [])
else run(['--disable-warning=ExperimentalWarning', target, ...rest], ['ipc'])
