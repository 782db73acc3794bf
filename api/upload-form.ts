/** The store's upload form in the words of the contract. */
import type { UploadForm as StoreForm } from '../adapters-store/index.ts'
import type { UploadForm } from './generated/schema.ts'

export const formOf = ({ url, fields, expiresAt }: StoreForm): UploadForm => ({
  url,
  expiresAt,
  fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
})
