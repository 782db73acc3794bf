/** The API's door. */

export { sessionCookie } from './access/session.ts'
export { type Api, openApi } from './server.ts'
export type { UpkeepTimes } from './upkeep/index.ts'
