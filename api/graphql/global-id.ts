/** Global ids: base64url of `Type:key`, opaque to clients. */

export interface GlobalId {
  readonly type: string
  readonly key: string
}

export const toGlobalId = (type: string, key: string): string => Buffer.from(`${type}:${key}`).toString('base64url')

const PARTS = /^([A-Za-z]+):([0-9a-f.-]+)$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Events are numbered in each tenant; their ids say which. */
const EVENT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d{1,16}$/

/** The parts of an id that this server could have made; undefined for any other text. */
export function parseGlobalId(id: string): GlobalId | undefined {
  const [, type, key] = PARTS.exec(Buffer.from(id, 'base64url').toString('latin1')) ?? []
  if (!type || !key) return undefined
  return (type === 'JobEvent' ? EVENT : UUID).test(key) ? { type, key } : undefined
}

/** The key of an id of one of these types; undefined for any other text. */
export function keyOf(id: string, ...types: string[]): string | undefined {
  const parsed = parseGlobalId(id)
  return parsed && types.includes(parsed.type) ? parsed.key : undefined
}

/** For filters: the key of an id, or one that nothing has, so that a wrong id finds nothing. */
export const filterKey = (id: string | null | undefined, ...types: string[]): string | undefined =>
  id === null || id === undefined ? undefined : (keyOf(id, ...types) ?? '00000000-0000-0000-0000-000000000000')

/** The global id of an actor as rows name it, `user:<id>` or `key:<id>`; a part of the platform keeps its word. */
export function actorId(actor: string): string {
  const [kind = '', id] = actor.split(':')
  const type = { user: 'User', key: 'ApiKey' }[kind]
  return type && id ? toGlobalId(type, id) : actor
}

/** The other way round, for filters. */
export function actorOfId(id: string): string {
  const parsed = parseGlobalId(id)
  const kind = parsed && { User: 'user', ApiKey: 'key' }[parsed.type]
  return kind ? `${kind}:${parsed.key}` : id
}
