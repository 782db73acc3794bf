/**
 * The action that reading each field of the schema requires. Every field of every object type must be listed, or the server does not start.
 * A field is checked where it is read, whatever path leads to it.
 */
import { LIMITS } from '../service/limits.ts'
import type { ActionName } from './actions.ts'

/** Fields of one type, by action. */
type Grants = Readonly<Record<string, ActionName>>

const grant = (action: ActionName, fields: string): Grants =>
  Object.fromEntries(fields.split(/\s+/).map(field => [field, action]))

/** A page of a type is as readable as its entries. */
const pages = (action: ActionName, ...types: string[]): Record<string, Grants> =>
  Object.fromEntries(
    types.flatMap(type => [
      [`${type}Connection`, grant(action, 'edges nodes pageInfo totalCount')],
      [`${type}Edge`, grant(action, 'node cursor')],
    ]),
  )

/** What a mutation answers: who may call it may read the answer's own fields; the objects in it have their own rules. */
const answers = (types: Readonly<Record<string, string>>): Record<string, Grants> =>
  Object.fromEntries(Object.entries(types).map(([type, fields]) => [type, grant('public', fields)]))

const ERROR = 'message path code'
const JOB =
  'id kind state reason code warnings environment queuePosition waitingFor progress workUnits createdAt startedAt finishedAt events baseModel'

const ROOTS: Readonly<Record<string, Grants>> = {
  Query: {
    ...grant('public', 'service me currentKey'),
    ...grant('own.read', 'node tenant schema'),
    ...grant('catalog.read', 'baseModels methods schedulers'),
    ...grant('subjects.read', 'subjects'),
    ...grant('training.read', 'trainingJobs'),
    ...grant('adapters.read', 'adapters'),
    ...grant('images.read', 'generations images'),
    ...grant('events.read', 'events'),
    ...grant('audit.read', 'auditEntries'),
  },
  Mutation: {
    ...grant('public', 'signUp signIn requestPasswordReset resetPassword'),
    ...grant('account', 'signOut changePassword deleteAccount createTenant deleteTenant acceptInvite'),
    ...grant('members.manage', 'inviteMember revokeInvitation setRole'),
    ...grant('keys.manage', 'createApiKey rotateApiKey revokeApiKey'),
    ...grant(
      'subjects.write',
      'createSubject updateSubject recordConsent revokeConsent requestPhotoUploads completePhotoUploads',
    ),
    ...grant('subjects.delete', 'deleteSubject deletePhotoSet'),
    ...grant('training.write', 'estimateTraining startTraining'),
    ...grant('jobs.write', 'cancelJob retryJob'),
    ...grant('adapters.write', 'promoteVersion setAlias requestAdapterUpload importAdapter exportAdapter'),
    ...grant('adapters.delete', 'deleteAdapter'),
    ...grant('images.write', 'generate'),
    ...grant('images.delete', 'deleteImage deleteGeneration'),
  },
  Subscription: { ...grant('jobs.read', 'jobEvents'), ...grant('events.read', 'tenantEvents') },
}

const ACCOUNTS: Readonly<Record<string, Grants>> = {
  Service: grant('public', 'version limits'),
  Limits: {
    ...grant('public', Object.keys(LIMITS).join(' ')),
    ...grant('public', 'linkSeconds uploadSeconds idempotencySeconds invitationSeconds sessionSeconds'),
    ...grant('public', 'operationDepth operationCost operationAliases operationTokens'),
  },
  PageInfo: grant('public', 'hasNextPage endCursor'),
  Tenant: {
    ...grant('tenant.read', 'id name createdAt role storedBytes'),
    ...grant('members.read', 'memberships'),
    ...grant('invitations.read', 'invitations'),
    ...grant('keys.read', 'apiKeys'),
    ...grant('receipts.read', 'deletionReceipts'),
  },
  User: { ...grant('users.read', 'id name email createdAt memberships'), ...grant('account', 'sessions') },
  Membership: grant('users.read', 'id user tenant role createdAt'),
  Invitation: grant('invitations.read', 'id email role expiresAt createdAt'),
  Session: grant('account', 'id createdAt lastUsedAt expiresAt current'),
  // Guarded where it is reached (lists, node), because a key may always read itself.
  ApiKey: grant('own.read', 'id name prefix environment scopes expiresAt lastUsedAt revokedAt createdAt createdBy'),
  AuditEntry: grant('audit.read', 'id actor action target detail at'),
  TenantDeletion: grant('account', 'tenantId receipt startedAt finishedAt'),
  DeletionReceipt: grant('receipts.read', 'id subjectId receipt createdAt'),
}

const OBJECTS: Readonly<Record<string, Grants>> = {
  Subject: {
    ...grant('subjects.read', 'id name classNoun isPerson createdAt photoSets consents'),
    ...grant('training.read', 'trainingJobs'),
    ...grant('adapters.read', 'adapters'),
  },
  Consent: grant('subjects.read', 'id subject photoSet statement grantedBy recordedBy recordedAt revokedAt'),
  PhotoSet: grant('subjects.read', 'id subject state hash photos createdAt completedAt'),
  Photo: grant('subjects.read', 'id position fileName state verdict reason sha256 width height bytes url urlExpiresAt'),
  PhotoUpload: grant('subjects.write', 'photo form'),
  UploadForm: grant('own.read', 'url fields expiresAt'),
  FormField: grant('own.read', 'name value'),
  BaseModel: grant('catalog.read', 'id name fingerprint family size sizeStep maxPixels parameters'),
  Method: grant('catalog.read', 'name options'),
  Progress: grant('jobs.read', 'step steps'),
  Warning: grant('jobs.read', 'code message'),
  TrainingJob: grant(
    'training.read',
    `${JOB} subject photoSet adapter settings attempts checkpoints metrics previews version`,
  ),
  TrainingSettings: grant(
    'training.read',
    'method options phrase crop steps batch learningRate seed checkpointEvery previewPrompts previewEvery',
  ),
  JobAttempt: grant('training.read', 'number worker claimedAt endedAt outcome reason'),
  Checkpoint: grant('training.read', 'step attempt sha256 bytes createdAt'),
  TrainingMetric: grant('training.read', 'step loss learningRate milliseconds remainingSeconds'),
  TrainingEstimate: grant('training.read', 'steps workUnits seconds queued waitSeconds'),
  Adapter: grant('adapters.read', 'id name subject baseModel method phrase createdAt versions aliases'),
  AdapterVersion: grant('adapters.read', 'id adapter number sha256 bytes manifest phrase format trainingJob createdAt'),
  Alias: grant('adapters.read', 'name version'),
  FileLink: grant('adapters.write', 'fileName url bytes sha256 expiresAt'),
  Generation: grant('images.read', `${JOB} adapters requests images trainingJob`),
  ImageRequest: grant(
    'images.read',
    'prompt negative seed width height steps guidance rescale scheduler longPrompt init version alias scale halves',
  ),
  InitImage: grant('images.read', 'photo image strength'),
  Image: grant(
    'images.read',
    'id generation position prompt seed width height bytes sha256 url urlExpiresAt createdAt',
  ),
  JobEvent: grant('jobs.read', 'id number type job attempt state reason step steps loss remainingSeconds payload at'),
}

export const FIELDS: Readonly<Record<string, Grants>> = {
  ...ROOTS,
  ...ACCOUNTS,
  ...OBJECTS,
  ...pages('subjects.read', 'Subject', 'PhotoSet', 'Consent'),
  ...pages('training.read', 'TrainingJob'),
  ...pages('adapters.read', 'Adapter', 'AdapterVersion'),
  ...pages('images.read', 'Generation', 'Image'),
  ...pages('jobs.read', 'JobEvent'),
  ...pages('members.read', 'Membership'),
  ...pages('invitations.read', 'Invitation'),
  ...pages('keys.read', 'ApiKey'),
  ...pages('audit.read', 'AuditEntry'),
  ...pages('receipts.read', 'DeletionReceipt'),
  SetRoleSuccess: { ...grant('public', 'membership'), ...grant('keys.read', 'apiKeys') },
  ...answers({
    RevokeInvitationSuccess: 'invitation',
    UpdateSubjectSuccess: 'subject',
    ValidationError: ERROR,
    NotFoundError: ERROR,
    ConflictError: ERROR,
    CredentialsError: ERROR,
    RightsError: ERROR,
    LimitError: `${ERROR} limit allowed found`,
    ConsentError: `${ERROR} photoSet`,
    SignUpSuccess: 'user tenant',
    SignInSuccess: 'user session',
    SignOutSuccess: 'ended',
    ChangePasswordSuccess: 'ended',
    RequestPasswordResetSuccess: 'seconds',
    ResetPasswordSuccess: 'done',
    DeleteAccountSuccess: 'deletedId',
    DeleteTenantSuccess: 'deletion',
    CreateTenantSuccess: 'tenant',
    InviteMemberSuccess: 'invitation token',
    AcceptInviteSuccess: 'membership',
    CreateSubjectSuccess: 'subject',
    RecordConsentSuccess: 'consent',
    RevokeConsentSuccess: 'consent canceledJobs',
    RequestPhotoUploadsSuccess: 'photoSet uploads',
    CompletePhotoUploadsSuccess: 'photoSet accepted rejected',
    EstimateTrainingSuccess: 'estimate',
    StartTrainingSuccess: 'job',
    CancelJobSuccess: 'job',
    RetryJobSuccess: 'job',
    PromoteVersionSuccess: 'alias',
    SetAliasSuccess: 'alias',
    RequestAdapterUploadSuccess: 'uploadId form',
    ImportAdapterSuccess: 'version',
    ExportAdapterSuccess: 'files',
    DeleteAdapterSuccess: 'deletedId',
    GenerateSuccess: 'generation',
    CreateApiKeySuccess: 'apiKey secret',
    RotateApiKeySuccess: 'apiKey secret',
    RevokeApiKeySuccess: 'apiKey',
    DeleteSubjectSuccess: 'receipt',
    DeleteImageSuccess: 'deletedId',
    DeleteGenerationSuccess: 'deletedId',
    DeletePhotoSetSuccess: 'deletedId',
  }),
}

/** Which action reading an object by its id is. */
export const NODE_ACTIONS = {
  Tenant: 'tenant.read',
  User: 'users.read',
  Membership: 'users.read',
  Invitation: 'invitations.read',
  Session: 'account',
  ApiKey: 'keys.read',
  Subject: 'subjects.read',
  Consent: 'subjects.read',
  PhotoSet: 'subjects.read',
  Photo: 'subjects.read',
  BaseModel: 'catalog.read',
  TrainingJob: 'training.read',
  Adapter: 'adapters.read',
  AdapterVersion: 'adapters.read',
  Generation: 'images.read',
  Image: 'images.read',
  JobEvent: 'events.read',
  AuditEntry: 'audit.read',
  DeletionReceipt: 'receipts.read',
} as const satisfies Record<string, ActionName>

export type NodeType = keyof typeof NODE_ACTIONS
