/** The API's door. */

export { type Api, openApi } from './server.ts'
export type { UpkeepTimes } from './upkeep/index.ts'
