/** The rows behind the object types of the schema: what resolvers get as their parent. */
import type { Prisma } from '../prisma/index.ts'
import type { ImageJobRequest } from '../queue/index.ts'
import type { Role } from './access/roles.ts'

export type AdapterRow = Prisma.AdapterModel
export type AdapterVersionRow = Prisma.AdapterVersionModel
export type AliasRow = Prisma.AliasModel
export type ApiKeyRow = Prisma.ApiKeyModel
export type AuditEntryRow = Prisma.AuditEntryModel
export type BaseModelRow = Prisma.BaseModelModel
export type CheckpointRow = Prisma.CheckpointModel
export type ConsentRow = Prisma.ConsentModel
export type DeletionReceiptRow = Prisma.DeletionReceiptModel
export type ImageRow = Prisma.ImageModel
export type ImageRequestRow = ImageJobRequest
export type InitImageRow = NonNullable<ImageJobRequest['init']>
export type InvitationRow = Prisma.InvitationModel
export type JobRow = Prisma.JobModel
export type JobAttemptRow = Prisma.JobAttemptModel
export type JobEventRow = Prisma.JobEventModel
export type PhotoRow = Prisma.PhotoModel
export type PhotoSetRow = Prisma.PhotoSetModel
export type SubjectRow = Prisma.SubjectModel
export type UserRow = Pick<Prisma.UserModel, 'id' | 'name' | 'email' | 'createdAt'>

export interface TenantRow {
  readonly id: string
  readonly name: string
  readonly createdAt: Date
  /** The caller's role, where the row was reached through his memberships. */
  readonly role?: Role
}

export interface MembershipRow {
  readonly id: string
  readonly tenantId: string
  readonly userId: string
  readonly role: Role
  readonly createdAt: Date
  /** Known where the row was reached from its user. */
  readonly tenant?: TenantRow
}

export interface SessionRow {
  readonly id: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
}
