/** The API's door. */
export { type Api, type ApiParts, type ApiSettings, openApi } from './server.ts'
export type { UpkeepTimes } from './upkeep/index.ts'
