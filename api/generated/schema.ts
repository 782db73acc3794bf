import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { AdapterRow, AdapterVersionRow, AliasRow, ApiKeyRow, AuditEntryRow, BaseModelRow, CheckpointRow, ConsentRow, DeletionReceiptRow, ImageRow, InvitationRow, JobAttemptRow, JobEventRow, MembershipRow, PhotoRow, PhotoSetRow, SessionRow, SubjectRow, TenantRow, UserRow, JobRow, ImageRequestRow, InitImageRow } from '../rows.ts';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A point in time: ISO 8601, UTC, with milliseconds. */
  DateTime: { input: Date; output: Date; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
  /** A whole number from 0 to 2^53 - 1. */
  SafeInt: { input: number; output: number; }
};

/** Input of acceptInvite. */
export type AcceptInviteInput = {
  /** The token of the invitation. */
  token: Scalars['String']['input'];
};

/** Answers of acceptInvite. */
export type AcceptInviteResult = AcceptInviteSuccess | ConflictError | NotFoundError;

/** The user is a member. */
export type AcceptInviteSuccess = {
  __typename?: 'AcceptInviteSuccess';
  /** The new membership. */
  membership: Membership;
};

/** Learned weights for one base model, as a series of versions. There is one adapter for each subject, base model, method and name. */
export type Adapter = Node & {
  __typename?: 'Adapter';
  /** Its aliases, ordered by name. */
  aliases: Array<Alias>;
  /** The base model it belongs to. */
  baseModel: BaseModel;
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** The method it was trained with. */
  method: Scalars['String']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /** The words that call the subject in prompts, of the version that the bare adapter stands for; null while there is none. */
  phrase?: Maybe<Scalars['String']['output']>;
  /** The subject it draws; null for imported adapters without a subject. */
  subject?: Maybe<Subject>;
  /** Its versions, newest first. */
  versions: AdapterVersionConnection;
};


/** Learned weights for one base model, as a series of versions. There is one adapter for each subject, base model, method and name. */
export type AdapterVersionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of adapters. */
export type AdapterConnection = {
  __typename?: 'AdapterConnection';
  /** The entries with their cursors. */
  edges: Array<AdapterEdge>;
  /** The entries. */
  nodes: Array<Adapter>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of adapters. */
export type AdapterEdge = {
  __typename?: 'AdapterEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: Adapter;
};

/** A further file of an adapter with several files. */
export type AdapterFileInput = {
  /** For PEFT: the adapter_config.json that belongs to it, uploaded. */
  configUploadId?: InputMaybe<Scalars['ID']['input']>;
  /** Name of the original file, as for the first file. */
  fileName?: InputMaybe<Scalars['String']['input']>;
  /** The uploaded safetensors file. */
  uploadId: Scalars['ID']['input'];
};

/** Filter for adapters; all conditions must hold. */
export type AdapterFilter = {
  /** The base model that the adapter belongs to. */
  baseModelId?: InputMaybe<Scalars['ID']['input']>;
  /** Only what was created at this time or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only what was created before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Name of the method. */
  method?: InputMaybe<Scalars['String']['input']>;
  /** Part of the name, case-insensitive. */
  nameContains?: InputMaybe<Scalars['String']['input']>;
  /** The subject that the adapter draws. */
  subjectId?: InputMaybe<Scalars['ID']['input']>;
};

/** File formats of adapters. */
export type AdapterFormat =
  /** Diffusers: pytorch_lora_weights.safetensors. */
  | 'DIFFUSERS'
  /** Diffusers before 0.21: tensors named after attention processors. */
  | 'DIFFUSERS_OLD'
  /** Textual Inversion for diffusers: learned_embeds.safetensors, plus a second file for SDXL. */
  | 'EMBEDDING_DIFFUSERS'
  /** Textual Inversion for SDXL in one file with the tensors clip_l and clip_g. */
  | 'EMBEDDING_SDXL'
  /** Textual Inversion with Semblance's own tensor names. */
  | 'EMBEDDING_SEMBLANCE'
  /** Textual Inversion for AUTOMATIC1111 web UI and kohya, with the tensor emb_params. */
  | 'EMBEDDING_WEBUI'
  /** kohya sd-scripts, AUTOMATIC1111 web UI and ComfyUI, with diffusers tensor names. */
  | 'KOHYA'
  /** As KOHYA, for SDXL, with the tensor names of the original checkpoint. */
  | 'KOHYA_ORIGINAL'
  /** Hugging Face PEFT: adapter_model.safetensors and adapter_config.json, in one folder per model component if there are several. */
  | 'PEFT'
  /** Semblance's own format: one safetensors file with a manifest. */
  | 'SEMBLANCE';

/** The halves of classifier-free guidance in which an adapter works. */
export type AdapterHalves =
  /** Both halves, as in diffusers and the web UIs. */
  | 'BOTH'
  /** The conditional half only: guidance then does not subtract what the adapter adds. */
  | 'CONDITIONAL';

/** The adapter to draw with: a version, or an adapter and an alias. */
export type AdapterUseInput = {
  /** The adapter. Give either this or `versionId`. */
  adapterId?: InputMaybe<Scalars['ID']['input']>;
  /** Alias of the adapter's version; by default `production` if it is set, else `latest`. */
  alias?: InputMaybe<Scalars['String']['input']>;
  /** The halves of guidance in which the adapter works; by default what its training recorded, else both. */
  halves?: InputMaybe<AdapterHalves>;
  /** Strength of the adapter's effect, 0 to 4. */
  scale?: InputMaybe<Scalars['Float']['input']>;
  /** The version. Give either this or `adapterId`. */
  versionId?: InputMaybe<Scalars['ID']['input']>;
};

/** An immutable file of learned weights. */
export type AdapterVersion = Node & {
  __typename?: 'AdapterVersion';
  /** The adapter. */
  adapter: Adapter;
  /** Size of the file in bytes. */
  bytes: Scalars['SafeInt']['output'];
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** Its original file format. */
  format: Scalars['String']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** How it was made: method, options, settings, base model and photos. */
  manifest: Scalars['JSON']['output'];
  /** Its number within the adapter, starting at 1. */
  number: Scalars['Int']['output'];
  /** The words that call the subject in prompts. */
  phrase: Scalars['String']['output'];
  /** SHA-256 of the file. */
  sha256: Scalars['String']['output'];
  /** The training that produced it; null for imported versions. */
  trainingJob?: Maybe<TrainingJob>;
};

/** A page of adapter versions. */
export type AdapterVersionConnection = {
  __typename?: 'AdapterVersionConnection';
  /** The entries with their cursors. */
  edges: Array<AdapterVersionEdge>;
  /** The entries. */
  nodes: Array<AdapterVersion>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of adapter versions. */
export type AdapterVersionEdge = {
  __typename?: 'AdapterVersionEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: AdapterVersion;
};

/** A movable name for a version. */
export type Alias = {
  __typename?: 'Alias';
  /** Its name. `latest` always points at the newest version, `production` at the promoted one; other names are free to use. */
  name: Scalars['String']['output'];
  /** The version it points at. */
  version: AdapterVersion;
};

/** Credentials of a program. Only a hash of the secret is stored. */
export type ApiKey = Node & {
  __typename?: 'ApiKey';
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** Global id of the user or API key that created it. */
  createdBy: Scalars['String']['output'];
  /** Its environment. */
  environment: ApiKeyEnvironment;
  /** When it expires; null if it never expires. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Global id. */
  id: Scalars['ID']['output'];
  /** When it was last used, accurate to a minute; null if it was never used. */
  lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its purpose, in words. */
  name: Scalars['String']['output'];
  /** The public part of the key, for recognising it. */
  prefix: Scalars['String']['output'];
  /** When it was revoked; null if it was not. */
  revokedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What it may do. */
  scopes: Array<ApiKeyScope>;
};

/** A page of API keys. */
export type ApiKeyConnection = {
  __typename?: 'ApiKeyConnection';
  /** The entries with their cursors. */
  edges: Array<ApiKeyEdge>;
  /** The entries. */
  nodes: Array<ApiKey>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of API keys. */
export type ApiKeyEdge = {
  __typename?: 'ApiKeyEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: ApiKey;
};

/** The environment of an API key. */
export type ApiKeyEnvironment =
  /** For work that counts. */
  | 'LIVE'
  /**
   * For trying the same flow free of charge: trainings take at most 4 steps and one preview, drawings at most 2 steps and 64 pixels.
   * Versions that are trained with a test key belong to adapters of their own, whose names end with ` (test)`.
   */
  | 'TEST';

/** Filter for API keys; all conditions must hold. */
export type ApiKeyFilter = {
  /** Whether it still holds: neither revoked nor expired. */
  active?: InputMaybe<Scalars['Boolean']['input']>;
  /** Global id of the user or API key that created it. */
  createdBy?: InputMaybe<Scalars['String']['input']>;
  /** Whether the user who created it, or the key that created it, is no longer a member. */
  ofFormerMember?: InputMaybe<Scalars['Boolean']['input']>;
};

/** What an API key may do. A write scope includes the read scope for the same objects. */
export type ApiKeyScope =
  /** Reads adapters and their versions. */
  | 'ADAPTERS_READ'
  /** Imports, exports, promotes and deletes adapters. */
  | 'ADAPTERS_WRITE'
  /** Reads the audit trail. */
  | 'AUDIT_READ'
  /** Reads the whole event log. */
  | 'EVENTS_READ'
  /** Reads generations, images and their events. */
  | 'IMAGES_READ'
  /** Draws, cancels, retries and deletes images. */
  | 'IMAGES_WRITE'
  /** Reads API keys, never their secrets. */
  | 'KEYS_READ'
  /** Creates, rotates and revokes API keys. */
  | 'KEYS_WRITE'
  /** Reads members and invitations. */
  | 'MEMBERS_READ'
  /** Invites members and sets roles. */
  | 'MEMBERS_WRITE'
  /** Deletes subjects and everything derived from them. */
  | 'SUBJECTS_DELETE'
  /** Reads subjects, photos and consents. */
  | 'SUBJECTS_READ'
  /** Creates subjects, uploads photos, records and revokes consents. */
  | 'SUBJECTS_WRITE'
  /** Reads the tenant's name. */
  | 'TENANT_READ'
  /** Reads trainings and their events. */
  | 'TRAINING_READ'
  /** Estimates, starts, cancels and retries trainings. */
  | 'TRAINING_WRITE';

/** Outcome of an attempt. */
export type AttemptOutcome =
  /** The job was canceled. */
  | 'CANCELED'
  /** The worker was lost. */
  | 'EXPIRED'
  /** The job failed or will be retried. */
  | 'FAILED'
  /** The worker shut down and returned the job to the queue. */
  | 'RELEASED'
  /** The job finished successfully. */
  | 'SUCCEEDED';

/** An entry of the audit trail. */
export type AuditEntry = Node & {
  __typename?: 'AuditEntry';
  /** Name of the mutation. */
  action: Scalars['String']['output'];
  /** Global id of the user or API key, or the name of a platform component. */
  actor: Scalars['String']['output'];
  /** When it happened. */
  at: Scalars['DateTime']['output'];
  /** Further details, without secrets. */
  detail: Scalars['JSON']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Global id of the affected object; null if there is none. */
  target?: Maybe<Scalars['String']['output']>;
};

/** A page of audit entries. */
export type AuditEntryConnection = {
  __typename?: 'AuditEntryConnection';
  /** The entries with their cursors. */
  edges: Array<AuditEntryEdge>;
  /** The entries. */
  nodes: Array<AuditEntry>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of audit entries. */
export type AuditEntryEdge = {
  __typename?: 'AuditEntryEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: AuditEntry;
};

/** Filter for audit entries; all conditions must hold. */
export type AuditFilter = {
  /** Name of the mutation. */
  action?: InputMaybe<Scalars['String']['input']>;
  /** Global id of the user or API key. */
  actor?: InputMaybe<Scalars['String']['input']>;
  /** Only what was created at this time or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only what was created before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Global id of the affected object. */
  target?: InputMaybe<Scalars['String']['input']>;
};

/** A text-to-image model that adapters are trained for. */
export type BaseModel = Node & {
  __typename?: 'BaseModel';
  /** Its model family. */
  family: Scalars['String']['output'];
  /** SHA-256 of its weights and configuration. An adapter fits exactly one fingerprint. */
  fingerprint: Scalars['String']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Maximum number of pixels of an image, width times height. Above `size` times `size` images take longer and may show figures twice. */
  maxPixels: Scalars['Int']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /** Number of parameters of the denoising network. */
  parameters: Scalars['SafeInt']['output'];
  /** Side length, in pixels, of the images it was trained on. An image that gives no width or height is drawn at this size. */
  size: Scalars['Int']['output'];
  /** Width and height of an image must be multiples of this number of pixels. */
  sizeStep: Scalars['Int']['output'];
};

/** Input of cancelJob. */
export type CancelJobInput = {
  /** The job. */
  jobId: Scalars['ID']['input'];
};

/** Answers of cancelJob. */
export type CancelJobResult = CancelJobSuccess | NotFoundError | ValidationError;

/** The job is canceled, or will be within one step. */
export type CancelJobSuccess = {
  __typename?: 'CancelJobSuccess';
  /** The job. */
  job: Job;
};

/** Input of changePassword. */
export type ChangePasswordInput = {
  /** The new password, of 10 to 200 characters. */
  newPassword: Scalars['String']['input'];
  /** The present password. */
  password: Scalars['String']['input'];
};

/** Answers of changePassword. */
export type ChangePasswordResult = ChangePasswordSuccess | CredentialsError | ValidationError;

/** The password is changed. */
export type ChangePasswordSuccess = {
  __typename?: 'ChangePasswordSuccess';
  /** Number of other sessions that were ended. */
  ended: Scalars['Int']['output'];
};

/** A saved state of a training. A later attempt resumes from it. */
export type Checkpoint = {
  __typename?: 'Checkpoint';
  /** The attempt that wrote it. */
  attempt: Scalars['Int']['output'];
  /** Size of the file in bytes. */
  bytes: Scalars['SafeInt']['output'];
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** SHA-256 of the file. */
  sha256: Scalars['String']['output'];
  /** Number of finished steps. */
  step: Scalars['Int']['output'];
};

/** Input of completePhotoUploads. */
export type CompletePhotoUploadsInput = {
  /** The photo set. */
  photoSetId: Scalars['ID']['input'];
};

/** Answers of completePhotoUploads. */
export type CompletePhotoUploadsResult = CompletePhotoUploadsSuccess | NotFoundError;

/** The photos are checked and the set is closed. */
export type CompletePhotoUploadsSuccess = {
  __typename?: 'CompletePhotoUploadsSuccess';
  /** Number of accepted photos. */
  accepted: Scalars['Int']['output'];
  /** The photo set with its verdicts. */
  photoSet: PhotoSet;
  /** Number of rejected photos. */
  rejected: Scalars['Int']['output'];
};

/** A name, an address or an idempotency key is already in use. */
export type ConflictError = UserError & {
  __typename?: 'ConflictError';
  /** The kind of conflict. */
  code: UserErrorCode;
  /** What is already in use. */
  message: Scalars['String']['output'];
  /** Path to the field of the input. */
  path: Array<Scalars['String']['output']>;
};

/** A person's consent to training on one photo set. */
export type Consent = Node & {
  __typename?: 'Consent';
  /** Who agreed. */
  grantedBy: Scalars['String']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** The photos it covers. */
  photoSet: PhotoSet;
  /** When it was recorded. */
  recordedAt: Scalars['DateTime']['output'];
  /** The user or API key that recorded it. */
  recordedBy: Scalars['String']['output'];
  /** When it was revoked; null if it was not. */
  revokedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The text that was agreed to. */
  statement: Scalars['String']['output'];
  /** The person. */
  subject: Subject;
};

/** A page of consents. */
export type ConsentConnection = {
  __typename?: 'ConsentConnection';
  /** The entries with their cursors. */
  edges: Array<ConsentEdge>;
  /** The entries. */
  nodes: Array<Consent>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of consents. */
export type ConsentEdge = {
  __typename?: 'ConsentEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: Consent;
};

/** The subject is a person whose consent is missing or revoked. */
export type ConsentError = UserError & {
  __typename?: 'ConsentError';
  /** CONSENT_MISSING or CONSENT_REVOKED. */
  code: UserErrorCode;
  /** Which consent is missing. */
  message: Scalars['String']['output'];
  /** Path to the field of the input. */
  path: Array<Scalars['String']['output']>;
  /** The photo set that the consent must cover, if there is one. */
  photoSet?: Maybe<PhotoSet>;
};

/** Input of createApiKey. */
export type CreateApiKeyInput = {
  /** What it is made for. */
  environment?: InputMaybe<ApiKeyEnvironment>;
  /** When it expires; by default never. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its purpose, at most 100 characters. */
  name: Scalars['String']['input'];
  /** What it may do. */
  scopes: Array<ApiKeyScope>;
};

/** Answers of createApiKey. */
export type CreateApiKeyResult = CreateApiKeySuccess | LimitError | RightsError | ValidationError;

/** The key exists. */
export type CreateApiKeySuccess = {
  __typename?: 'CreateApiKeySuccess';
  /** The key without its secret. */
  apiKey: ApiKey;
  /** The secret key that programs send; shown only once. */
  secret: Scalars['String']['output'];
};

/** Input of createSubject. */
export type CreateSubjectInput = {
  /** What it is, as a noun in a prompt: person, cat, backpack. */
  classNoun: Scalars['String']['input'];
  /** Idempotency key, at most 255 characters. Within 24 hours, a repeated request with the same key and input returns the stored result and does nothing. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Whether it is a person. Training on a person's photos requires consent. */
  isPerson: Scalars['Boolean']['input'];
  /** Its name, at most 100 characters. */
  name: Scalars['String']['input'];
};

/** Answers of createSubject. */
export type CreateSubjectResult = ConflictError | CreateSubjectSuccess | NotFoundError | ValidationError;

/** The subject exists. */
export type CreateSubjectSuccess = {
  __typename?: 'CreateSubjectSuccess';
  /** The new subject. */
  subject: Subject;
};

/** Input of createTenant. */
export type CreateTenantInput = {
  /** Its name, at most 100 characters. */
  name: Scalars['String']['input'];
};

/** Answers of createTenant. */
export type CreateTenantResult = CreateTenantSuccess | ValidationError;

/** The tenant exists. */
export type CreateTenantSuccess = {
  __typename?: 'CreateTenantSuccess';
  /** The new tenant. */
  tenant: Tenant;
};

/** The e-mail address or the password is wrong. The answer does not say which. */
export type CredentialsError = UserError & {
  __typename?: 'CredentialsError';
  /** Always BAD_CREDENTIALS. */
  code: UserErrorCode;
  /** What to do next. */
  message: Scalars['String']['output'];
  /** Path to the field of the input. */
  path: Array<Scalars['String']['output']>;
};

/** Input of deleteAccount. */
export type DeleteAccountInput = {
  /** The present password. */
  password: Scalars['String']['input'];
};

/** Answers of deleteAccount. */
export type DeleteAccountResult = CredentialsError | DeleteAccountSuccess | ValidationError;

/** The account is deleted, and the session has ended. */
export type DeleteAccountSuccess = {
  __typename?: 'DeleteAccountSuccess';
  /** Former global id of the user. */
  deletedId: Scalars['ID']['output'];
};

/** Input of deleteAdapter. */
export type DeleteAdapterInput = {
  /** The adapter. */
  adapterId: Scalars['ID']['input'];
};

/** Answers of deleteAdapter. */
export type DeleteAdapterResult = DeleteAdapterSuccess | NotFoundError;

/** The adapter is deleted. */
export type DeleteAdapterSuccess = {
  __typename?: 'DeleteAdapterSuccess';
  /** Former global id of the adapter. */
  deletedId: Scalars['ID']['output'];
};

/** Input of deleteGeneration. */
export type DeleteGenerationInput = {
  /** The generation. */
  generationId: Scalars['ID']['input'];
};

/** Answers of deleteGeneration. */
export type DeleteGenerationResult = DeleteGenerationSuccess | NotFoundError | ValidationError;

/** The generation is deleted. */
export type DeleteGenerationSuccess = {
  __typename?: 'DeleteGenerationSuccess';
  /** Former global id of the generation. */
  deletedId: Scalars['ID']['output'];
};

/** Input of deleteImage. */
export type DeleteImageInput = {
  /** The image. */
  imageId: Scalars['ID']['input'];
};

/** Answers of deleteImage. */
export type DeleteImageResult = DeleteImageSuccess | NotFoundError;

/** The image is deleted. */
export type DeleteImageSuccess = {
  __typename?: 'DeleteImageSuccess';
  /** Former global id of the image. */
  deletedId: Scalars['ID']['output'];
};

/** Input of deletePhotoSet. */
export type DeletePhotoSetInput = {
  /** The photo set. */
  photoSetId: Scalars['ID']['input'];
};

/** Answers of deletePhotoSet. */
export type DeletePhotoSetResult = DeletePhotoSetSuccess | NotFoundError | ValidationError;

/** The photo set is deleted. */
export type DeletePhotoSetSuccess = {
  __typename?: 'DeletePhotoSetSuccess';
  /** Former global id of the photo set. */
  deletedId: Scalars['ID']['output'];
};

/** Input of deleteSubject. */
export type DeleteSubjectInput = {
  /** The subject. */
  subjectId: Scalars['ID']['input'];
};

/** Answers of deleteSubject. */
export type DeleteSubjectResult = DeleteSubjectSuccess | NotFoundError;

/** The subject and everything derived from it are deleted. */
export type DeleteSubjectSuccess = {
  __typename?: 'DeleteSubjectSuccess';
  /** What was deleted. */
  receipt: DeletionReceipt;
};

/** Input of deleteTenant. */
export type DeleteTenantInput = {
  /** Its name, exactly: the confirmation. */
  name: Scalars['String']['input'];
  /** The tenant; the caller must be one of its owners. */
  tenantId: Scalars['ID']['input'];
};

/** Answers of deleteTenant. */
export type DeleteTenantResult = DeleteTenantSuccess | NotFoundError | RightsError | ValidationError;

/** The tenant is deleted. */
export type DeleteTenantSuccess = {
  __typename?: 'DeleteTenantSuccess';
  /** What was deleted. */
  deletion: TenantDeletion;
};

/** Proof of the deletion of a subject: hashes of everything deleted, but none of the content. */
export type DeletionReceipt = Node & {
  __typename?: 'DeletionReceipt';
  /** When the subject was deleted. */
  createdAt: Scalars['DateTime']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** SHA-256 of every deleted blob, by kind. Blobs still needed by another object of the tenant are listed as kept. */
  receipt: Scalars['JSON']['output'];
  /** Former global id of the subject. */
  subjectId: Scalars['ID']['output'];
};

/** A page of deletion receipts. */
export type DeletionReceiptConnection = {
  __typename?: 'DeletionReceiptConnection';
  /** The entries with their cursors. */
  edges: Array<DeletionReceiptEdge>;
  /** The entries. */
  nodes: Array<DeletionReceipt>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of deletion receipts. */
export type DeletionReceiptEdge = {
  __typename?: 'DeletionReceiptEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: DeletionReceipt;
};

/** Input of estimateTraining. */
export type EstimateTrainingInput = {
  /** The base model to train for; by default the first one. */
  baseModelId?: InputMaybe<Scalars['ID']['input']>;
  /** Batch size, in photos per step; by default the method's own. */
  batch?: InputMaybe<Scalars['Int']['input']>;
  /** Learning rate; by default the method's own. */
  learningRate?: InputMaybe<Scalars['Float']['input']>;
  /** Name of the method. */
  method?: InputMaybe<Scalars['String']['input']>;
  /** Options of the method; see `methods`. */
  options?: InputMaybe<Scalars['JSON']['input']>;
  /** The complete photo set to train on. */
  photoSetId: Scalars['ID']['input'];
  /** Steps between previews. */
  previewEvery?: InputMaybe<Scalars['Int']['input']>;
  /** Prompts of previews to draw during the training, at most 4. */
  previewPrompts?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Optimizer steps; by default the method's own. */
  steps?: InputMaybe<Scalars['Int']['input']>;
};

/** Answers of estimateTraining. */
export type EstimateTrainingResult = ConsentError | EstimateTrainingSuccess | LimitError | NotFoundError | ValidationError;

/** The estimate. */
export type EstimateTrainingSuccess = {
  __typename?: 'EstimateTrainingSuccess';
  /** Cost and time. */
  estimate: TrainingEstimate;
};

/** Input of exportAdapter. */
export type ExportAdapterInput = {
  /** The format to write. */
  format?: InputMaybe<AdapterFormat>;
  /** The version. */
  versionId: Scalars['ID']['input'];
};

/** Answers of exportAdapter. */
export type ExportAdapterResult = ConsentError | ExportAdapterSuccess | NotFoundError | ValidationError;

/** The files are ready. */
export type ExportAdapterSuccess = {
  __typename?: 'ExportAdapterSuccess';
  /** Links to the files. */
  files: Array<FileLink>;
};

/** A signed link to a file. */
export type FileLink = {
  __typename?: 'FileLink';
  /** Size in bytes. */
  bytes: Scalars['SafeInt']['output'];
  /** When the link expires. */
  expiresAt: Scalars['DateTime']['output'];
  /** Name of the file. */
  fileName: Scalars['String']['output'];
  /** SHA-256 of the file. */
  sha256: Scalars['String']['output'];
  /** The link, valid for a few minutes. */
  url: Scalars['String']['output'];
};

/** One field of an upload form. */
export type FormField = {
  __typename?: 'FormField';
  /** Its name. */
  name: Scalars['String']['output'];
  /** Its value. */
  value: Scalars['String']['output'];
};

/** Input of generate. */
export type GenerateInput = {
  /** The base model to draw with; by default that of the adapters, or the first one. */
  baseModelId?: InputMaybe<Scalars['ID']['input']>;
  /** Idempotency key, at most 255 characters. Within 24 hours, a repeated request with the same key and input returns the stored result and does nothing. */
  idempotencyKey: Scalars['String']['input'];
  /** The images, at most 16. */
  images: Array<ImageInput>;
};

/** Answers of generate. */
export type GenerateResult = ConflictError | ConsentError | GenerateSuccess | LimitError | NotFoundError | ValidationError;

/** The images are queued. */
export type GenerateSuccess = {
  __typename?: 'GenerateSuccess';
  /** The generation. */
  generation: Generation;
};

/** A request for images. */
export type Generation = Job & Node & {
  __typename?: 'Generation';
  /** The adapter versions it uses. */
  adapters: Array<AdapterVersion>;
  /** The base model it draws with. */
  baseModel: BaseModel;
  /** Machine-readable error code of a failed job; null otherwise. */
  code?: Maybe<Scalars['String']['output']>;
  /** When it was queued. */
  createdAt: Scalars['DateTime']['output'];
  /** Environment of the key that created it: jobs of test keys are free and run on the smallest settings. */
  environment: ApiKeyEnvironment;
  /** Its events, oldest first. */
  events: JobEventConnection;
  /** When it finished. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Global id. */
  id: Scalars['ID']['output'];
  /** The drawn images, in the same order; empty until the generation has succeeded. */
  images: Array<Image>;
  /** GENERATION, or PREVIEW if it belongs to a training. */
  kind: JobKind;
  /** Its progress; null before it runs. */
  progress?: Maybe<Progress>;
  /** Its place in the queue of all tenants while it is QUEUED, from 1; null otherwise. Tenants take turns, so jobs that others queue later may come before it. */
  queuePosition?: Maybe<Scalars['Int']['output']>;
  /** Reason for its current state. */
  reason?: Maybe<Scalars['String']['output']>;
  /** The requested images, in order. */
  requests: Array<ImageRequest>;
  /** When a worker first started it. */
  startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its state. */
  state: JobState;
  /** The training it is a preview of; null otherwise. */
  trainingJob?: Maybe<TrainingJob>;
  /** What it waits for while it is QUEUED; null otherwise. */
  waitingFor?: Maybe<JobWait>;
  /** What was left out or done otherwise than asked: of prompts, captions and previews. More may come while it runs. */
  warnings: Array<Warning>;
  /** Cost in work units: one per image and step, or two with guidance. */
  workUnits: Scalars['SafeInt']['output'];
};


/** A request for images. */
export type GenerationEventsArgs = {
  after?: InputMaybe<Scalars['SafeInt']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of generations. */
export type GenerationConnection = {
  __typename?: 'GenerationConnection';
  /** The entries with their cursors. */
  edges: Array<GenerationEdge>;
  /** The entries. */
  nodes: Array<Generation>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of generations. */
export type GenerationEdge = {
  __typename?: 'GenerationEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: Generation;
};

/** Filter for generations; all conditions must hold. */
export type GenerationFilter = {
  /** Only what was created at this time or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only what was created before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** One of these states. */
  states?: InputMaybe<Array<JobState>>;
  /** The subject that they draw or may show. */
  subjectId?: InputMaybe<Scalars['ID']['input']>;
  /** An adapter version that is used. */
  versionId?: InputMaybe<Scalars['ID']['input']>;
};

/** One drawn image. */
export type Image = Node & {
  __typename?: 'Image';
  /** Size of the PNG in bytes. */
  bytes: Scalars['SafeInt']['output'];
  /** When it was drawn. */
  createdAt: Scalars['DateTime']['output'];
  /** The generation it belongs to. */
  generation: Generation;
  /** Height in pixels. */
  height: Scalars['Int']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Its index in the generation, starting at 0. */
  position: Scalars['Int']['output'];
  /** The prompt it was drawn from. */
  prompt: Scalars['String']['output'];
  /** Seed of the noise. */
  seed: Scalars['SafeInt']['output'];
  /** SHA-256 of the PNG. */
  sha256: Scalars['String']['output'];
  /** Signed link to the PNG, valid for a few minutes. */
  url: Scalars['String']['output'];
  /** When `url` expires. */
  urlExpiresAt: Scalars['DateTime']['output'];
  /** Width in pixels. */
  width: Scalars['Int']['output'];
};

/** A page of images. */
export type ImageConnection = {
  __typename?: 'ImageConnection';
  /** The entries with their cursors. */
  edges: Array<ImageEdge>;
  /** The entries. */
  nodes: Array<Image>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of images. */
export type ImageEdge = {
  __typename?: 'ImageEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: Image;
};

/** Filter for images; all conditions must hold. */
export type ImageFilter = {
  /** Only what was created at this time or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only what was created before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** The subject. */
  subjectId?: InputMaybe<Scalars['ID']['input']>;
  /** The adapter version that was used. */
  versionId?: InputMaybe<Scalars['ID']['input']>;
};

/** An image to draw. */
export type ImageInput = {
  /** The adapter to draw with; by default none. */
  adapter?: InputMaybe<AdapterUseInput>;
  /** Classifier-free guidance scale. 1 or less disables guidance, which halves the cost. */
  guidance?: InputMaybe<Scalars['Float']['input']>;
  /** Height in pixels, a multiple of the base model's `sizeStep`; by default its `size`. */
  height?: InputMaybe<Scalars['Int']['input']>;
  /** An image to start from instead of noise. */
  init?: InputMaybe<InitImageInput>;
  /** What happens to words of either prompt beyond the text encoder's 75 tokens. */
  longPrompt?: InputMaybe<LongPrompt>;
  /** The negative prompt: what to avoid. Parts can be weighted as in the prompt. */
  negative?: InputMaybe<Scalars['String']['input']>;
  /** The prompt, at most 1000 characters. Parts can be weighted: `(word:1.2)` by the given factor, `(word)` by 1.1, `[word]` by 1/1.1; nested weights multiply. Escape a literal bracket with a backslash. `BREAK` begins a new chunk; see `longPrompt`. */
  prompt: Scalars['String']['input'];
  /** Guidance rescale (arXiv 2305.08891), 0 to 1. Reduces oversaturation at high guidance. */
  rescale?: InputMaybe<Scalars['Float']['input']>;
  /** Name of the sampler; see `schedulers`. */
  scheduler?: InputMaybe<Scalars['String']['input']>;
  /** Seed of the noise; by default random. */
  seed?: InputMaybe<Scalars['SafeInt']['input']>;
  /** Denoising steps. */
  steps?: InputMaybe<Scalars['Int']['input']>;
  /** Width in pixels, a multiple of the base model's `sizeStep`; by default its `size`. Width times height is at most its `maxPixels`. */
  width?: InputMaybe<Scalars['Int']['input']>;
};

/** The request for one image, with all defaults filled in. */
export type ImageRequest = {
  __typename?: 'ImageRequest';
  /** The alias through which the version was chosen; null if the version itself was named. */
  alias?: Maybe<Scalars['String']['output']>;
  /** Classifier-free guidance scale. */
  guidance: Scalars['Float']['output'];
  /** The halves of guidance in which the adapter works; null if the request left it to the adapter. */
  halves?: Maybe<AdapterHalves>;
  /** Height in pixels. */
  height: Scalars['Int']['output'];
  /** The image to start from; null if it starts from noise. */
  init?: Maybe<InitImage>;
  /** What happens to words beyond the text encoder's 75 tokens. */
  longPrompt: LongPrompt;
  /** The negative prompt. */
  negative?: Maybe<Scalars['String']['output']>;
  /** The prompt. */
  prompt: Scalars['String']['output'];
  /** Guidance rescale (arXiv 2305.08891), 0 to 1. */
  rescale: Scalars['Float']['output'];
  /** Strength of the adapter's effect. */
  scale?: Maybe<Scalars['Float']['output']>;
  /** Name of the sampler; see `schedulers`. */
  scheduler: Scalars['String']['output'];
  /** Seed of the noise. */
  seed: Scalars['SafeInt']['output'];
  /** Denoising steps. */
  steps: Scalars['Int']['output'];
  /** The adapter version it uses; null if it uses none or the version was deleted. */
  version?: Maybe<AdapterVersion>;
  /** Width in pixels. */
  width: Scalars['Int']['output'];
};

/** Input of importAdapter. */
export type ImportAdapterInput = {
  /** The adapter to add a version to; by default that of this name, subject, base model and method, which is created if there is none. */
  adapterId?: InputMaybe<Scalars['ID']['input']>;
  /** The base model it belongs to; by default the first one. */
  baseModelId?: InputMaybe<Scalars['ID']['input']>;
  /** For PEFT: the uploaded adapter_config.json. */
  configUploadId?: InputMaybe<Scalars['ID']['input']>;
  /** Name of the original file. Include its folder if that names the model component: `unet/adapter_model.safetensors`. An embedding without a token is called by its file name. */
  fileName?: InputMaybe<Scalars['String']['input']>;
  /** Idempotency key, at most 255 characters. Within 24 hours, a repeated request with the same key and input returns the stored result and does nothing. */
  idempotencyKey: Scalars['String']['input'];
  /** Further files of the same adapter: learned_embeds_2.safetensors of an SDXL embedding, or the other model components in PEFT format. */
  moreFiles?: InputMaybe<Array<AdapterFileInput>>;
  /** Name of the adapter, unless `adapterId` is given; by default the subject's name. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The phrase that refers to the subject in prompts, if the file does not state it; by default `sks` and the class noun. */
  phrase?: InputMaybe<Scalars['String']['input']>;
  /** The subject that the new adapter draws. A person must have given a consent that is not revoked. */
  subjectId?: InputMaybe<Scalars['ID']['input']>;
  /** The uploaded safetensors file, in any format that exportAdapter writes; the format is detected. If a tensor fits no layer of the base model, nothing is imported. Pickle files (.bin, .pt, .ckpt) are refused. */
  uploadId: Scalars['ID']['input'];
};

/** Answers of importAdapter. */
export type ImportAdapterResult = ConflictError | ConsentError | ImportAdapterSuccess | LimitError | NotFoundError | ValidationError;

/** The version exists. */
export type ImportAdapterSuccess = {
  __typename?: 'ImportAdapterSuccess';
  /** The new version. */
  version: AdapterVersion;
};

/** The image that a drawing starts from. */
export type InitImage = {
  __typename?: 'InitImage';
  /** The earlier drawn image, if it is one and still exists. */
  image?: Maybe<Image>;
  /** The photo, if it is one and still exists. */
  photo?: Maybe<Photo>;
  /** Fraction of the steps that are taken. */
  strength: Scalars['Float']['output'];
};

/** An image to start from: a photo or an earlier image of the tenant. It is resized to cover the width and height of the drawing and cropped around its centre, never stretched. A person in it must have given a consent that is not revoked. */
export type InitImageInput = {
  /** An image drawn earlier. Give either this or `photoId`. */
  imageId?: InputMaybe<Scalars['ID']['input']>;
  /** An accepted photo. Give either this or `imageId`. */
  photoId?: InputMaybe<Scalars['ID']['input']>;
  /** Fraction of the steps that are taken, above 0 (keeps the image) up to 1 (redraws all of it). */
  strength?: InputMaybe<Scalars['Float']['input']>;
};

/** An invitation to join a tenant. */
export type Invitation = Node & {
  __typename?: 'Invitation';
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The invited address. */
  email: Scalars['String']['output'];
  /** When it expires. */
  expiresAt: Scalars['DateTime']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** The offered role. */
  role: Role;
};

/** A page of invitations. */
export type InvitationConnection = {
  __typename?: 'InvitationConnection';
  /** The entries with their cursors. */
  edges: Array<InvitationEdge>;
  /** The entries. */
  nodes: Array<Invitation>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of invitations. */
export type InvitationEdge = {
  __typename?: 'InvitationEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: Invitation;
};

/** Input of inviteMember. */
export type InviteMemberInput = {
  /** E-mail address to invite. */
  email: Scalars['String']['input'];
  /** The role to offer, no higher than the caller's own. */
  role: Role;
};

/** Answers of inviteMember. */
export type InviteMemberResult = ConflictError | InviteMemberSuccess | RightsError | ValidationError;

/** The invitation exists. */
export type InviteMemberSuccess = {
  __typename?: 'InviteMemberSuccess';
  /** The invitation. */
  invitation: Invitation;
  /** Token for acceptInvite; shown only once. */
  token: Scalars['String']['output'];
};

/** Work that runs in the background: a training or a generation. */
export type Job = {
  /** Machine-readable error code of a failed job; null otherwise. */
  code?: Maybe<Scalars['String']['output']>;
  /** When it was queued. */
  createdAt: Scalars['DateTime']['output'];
  /** Environment of the key that created it: jobs of test keys are free and run on the smallest settings. */
  environment: ApiKeyEnvironment;
  /** Its events, oldest first. */
  events: JobEventConnection;
  /** When it finished. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Its kind. */
  kind: JobKind;
  /** Its progress; null before it runs. */
  progress?: Maybe<Progress>;
  /** Its place in the queue of all tenants while it is QUEUED, from 1; null otherwise. Tenants take turns, so jobs that others queue later may come before it. */
  queuePosition?: Maybe<Scalars['Int']['output']>;
  /** Reason for its current state. */
  reason?: Maybe<Scalars['String']['output']>;
  /** When a worker first started it. */
  startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its state. */
  state: JobState;
  /** What it waits for while it is QUEUED; null otherwise. */
  waitingFor?: Maybe<JobWait>;
  /** What was left out or done otherwise than asked: of prompts, captions and previews. More may come while it runs. */
  warnings: Array<Warning>;
  /** Cost in work units. One unit is one pass of one image through the denoising network; a training step counts three units per image. */
  workUnits: Scalars['SafeInt']['output'];
};


/** Work that runs in the background: a training or a generation. */
export type JobEventsArgs = {
  after?: InputMaybe<Scalars['SafeInt']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** One worker's attempt at a job. */
export type JobAttempt = {
  __typename?: 'JobAttempt';
  /** When the worker claimed the job. */
  claimedAt: Scalars['DateTime']['output'];
  /** When it ended; null while it is running. */
  endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its number, starting at 1. */
  number: Scalars['Int']['output'];
  /** Its outcome; null while it is running. */
  outcome?: Maybe<AttemptOutcome>;
  /** Why it ended. */
  reason?: Maybe<Scalars['String']['output']>;
  /** The worker's name. */
  worker: Scalars['String']['output'];
};

/** An entry of the tenant's event log. */
export type JobEvent = Node & {
  __typename?: 'JobEvent';
  /** When it was stored. */
  at: Scalars['DateTime']['output'];
  /** The attempt that reported it; 0 for events of the platform itself. */
  attempt: Scalars['Int']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** The job it belongs to; null if the job was deleted. */
  job?: Maybe<Job>;
  /** Loss, for PROGRESS events of a training. */
  loss?: Maybe<Scalars['Float']['output']>;
  /** Its number within the tenant, starting at 1 without gaps. Use it as the cursor for reading on. */
  number: Scalars['SafeInt']['output'];
  /** The complete event as it was reported. */
  payload: Scalars['JSON']['output'];
  /** Why it happened. */
  reason?: Maybe<Scalars['String']['output']>;
  /** Estimated remaining seconds, for PROGRESS events of a training. */
  remainingSeconds?: Maybe<Scalars['Float']['output']>;
  /** The new state of the job, for STATE events. */
  state?: Maybe<JobState>;
  /** Number of finished steps, for PROGRESS events. */
  step?: Maybe<Scalars['Int']['output']>;
  /** Total number of steps, for PROGRESS events. */
  steps?: Maybe<Scalars['Int']['output']>;
  /** What happened. */
  type: JobEventType;
};

/** A page of events. */
export type JobEventConnection = {
  __typename?: 'JobEventConnection';
  /** The entries with their cursors. */
  edges: Array<JobEventEdge>;
  /** The entries. */
  nodes: Array<JobEvent>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of events. */
export type JobEventEdge = {
  __typename?: 'JobEventEdge';
  /** The number of the event as text. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: JobEvent;
};

/** Type of an event. */
export type JobEventType =
  /** A checkpoint was stored. */
  | 'CHECKPOINT'
  /** The content was deleted with its subject. The entry remains so that the log has no gaps. */
  | 'DELETED'
  /** A message for people. */
  | 'MESSAGE'
  /** Previews of a training were drawn. */
  | 'PREVIEW'
  /** A step is finished. */
  | 'PROGRESS'
  /** The worker has loaded the inputs and starts the work. */
  | 'RUNNING'
  /** The job stands still, for the reason of the event; without a reason it goes on, from the step of the event. */
  | 'STALLED'
  /** The job changed its state. */
  | 'STATE'
  /** Something was left out or done otherwise than asked; see `warnings` of the job. */
  | 'WARNING';

/** Kind of a job. */
export type JobKind =
  /** Draws images. */
  | 'GENERATION'
  /** Draws the preview images of a training. */
  | 'PREVIEW'
  /** Learns a subject. */
  | 'TRAINING';

/** State of a job. Every change is recorded as an event with a reason. */
export type JobState =
  /** Canceled. */
  | 'CANCELED'
  /** Failed; see the reason. */
  | 'FAILED'
  /** A worker is loading its inputs. */
  | 'PREPARING'
  /** Waiting for a worker. */
  | 'QUEUED'
  /** Running. */
  | 'RUNNING'
  /** Finished successfully. */
  | 'SUCCEEDED';

/** What a queued job waits for. */
export type JobWait =
  /** A worker of its kind: none is running. Whoever operates the service has to start one. */
  | 'NO_WORKER'
  /** The end of a pause: its last attempt failed for a reason that may pass. */
  | 'RETRY'
  /** Its turn: other jobs come before it. Tenants take turns by the work that each was given. */
  | 'TURN'
  /** A worker: it is the next, and all workers are busy. */
  | 'WORKER';

/** A limit of the service would be exceeded; nothing was done. */
export type LimitError = UserError & {
  __typename?: 'LimitError';
  /** What is allowed. */
  allowed: Scalars['SafeInt']['output'];
  /** Always LIMIT_EXCEEDED. */
  code: UserErrorCode;
  /** What there would be. */
  found: Scalars['SafeInt']['output'];
  /** Name of the limit, a field of Limits. */
  limit: Scalars['String']['output'];
  /** Which limit, what was found, and what to do next. */
  message: Scalars['String']['output'];
  /** Path to the field of the input. */
  path: Array<Scalars['String']['output']>;
};

/** Limits that inputs must respect. */
export type Limits = {
  __typename?: 'Limits';
  /** Maximum size of an adapter file in bytes. */
  adapterBytes: Scalars['SafeInt']['output'];
  /** Maximum number of aliases of an adapter. */
  aliasesPerAdapter: Scalars['Int']['output'];
  /** Maximum number of API keys of a tenant that hold. */
  apiKeys: Scalars['Int']['output'];
  /** Seconds for which the result of an idempotency key is kept. */
  idempotencySeconds: Scalars['Int']['output'];
  /** Maximum number of pixels of an image, width times height, with any base model; see also `BaseModel.maxPixels`. */
  imagePixels: Scalars['Int']['output'];
  /** Maximum number of images in a generation. */
  imagesPerGeneration: Scalars['Int']['output'];
  /** Seconds after which an invitation ends. */
  invitationSeconds: Scalars['Int']['output'];
  /** Seconds for which a signed link to a file is good. */
  linkSeconds: Scalars['Int']['output'];
  /** Maximum number of aliases in an operation. */
  operationAliases: Scalars['Int']['output'];
  /** Maximum cost of an operation: objects that it could return, and 500 for each mutation. */
  operationCost: Scalars['Int']['output'];
  /** Maximum depth of an operation. */
  operationDepth: Scalars['Int']['output'];
  /** Maximum number of tokens in an operation. */
  operationTokens: Scalars['Int']['output'];
  /** Maximum number of entries in a page. */
  pageSize: Scalars['Int']['output'];
  /** Maximum size of a photo in bytes. */
  photoBytes: Scalars['SafeInt']['output'];
  /** Maximum number of pixels of a photo. */
  photoPixels: Scalars['SafeInt']['output'];
  /** Maximum number of photos in a photo set. */
  photosPerSet: Scalars['Int']['output'];
  /** Seconds after which a session ends unless it is used. */
  sessionSeconds: Scalars['Int']['output'];
  /** Maximum number of denoising steps of an image. */
  stepsPerImage: Scalars['Int']['output'];
  /** Maximum number of optimizer steps of a training. */
  stepsPerTraining: Scalars['Int']['output'];
  /** Maximum size of all files of a tenant in bytes, with uploads that are awaited; `Tenant.storedBytes` is what there is. */
  storedBytes: Scalars['SafeInt']['output'];
  /** Maximum number of subscriptions of one API key or session, in each API process. */
  subscriptionsPerCaller: Scalars['Int']['output'];
  /** Maximum number of subscriptions on one WebSocket. */
  subscriptionsPerConnection: Scalars['Int']['output'];
  /** Maximum number of subscriptions in one tenant, in each API process. */
  subscriptionsPerTenant: Scalars['Int']['output'];
  /** Seconds for which an upload form is good. */
  uploadSeconds: Scalars['Int']['output'];
  /** Maximum number of jobs of a tenant that wait at the same time. */
  waitingJobs: Scalars['Int']['output'];
  /** Maximum cost of all waiting jobs of a tenant in work units. */
  waitingWorkUnits: Scalars['SafeInt']['output'];
  /** Maximum cost of a job in work units. */
  workUnitsPerJob: Scalars['SafeInt']['output'];
};

/** Order of a list, by the time of creation. */
export type ListOrder =
  /** The newest entries come first. */
  | 'NEWEST_FIRST'
  /** The oldest entries come first. */
  | 'OLDEST_FIRST';

/** What happens to words of a prompt beyond the text encoder's length. */
export type LongPrompt =
  /** They are read in further chunks of 75 tokens, at most 16 chunks; `BREAK` begins a new chunk. */
  | 'CHUNKS'
  /** They have no effect, and `BREAK` is a word like any other. */
  | 'CUT';

/** A user's membership of a tenant. */
export type Membership = Node & {
  __typename?: 'Membership';
  /** When the user joined. */
  createdAt: Scalars['DateTime']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** What the member may do. */
  role: Role;
  /** The tenant. */
  tenant: Tenant;
  /** The member. */
  user: User;
};

/** A page of memberships. */
export type MembershipConnection = {
  __typename?: 'MembershipConnection';
  /** The entries with their cursors. */
  edges: Array<MembershipEdge>;
  /** The entries. */
  nodes: Array<Membership>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of memberships. */
export type MembershipEdge = {
  __typename?: 'MembershipEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: Membership;
};

/** A personalization method. */
export type Method = {
  __typename?: 'Method';
  /** Its name. */
  name: Scalars['String']['output'];
  /** JSON Schema of its options, with descriptions and defaults. */
  options: Scalars['JSON']['output'];
};

/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type Mutation = {
  __typename?: 'Mutation';
  /** Joins a tenant with the token of an invitation sent to the signed-in user's address. */
  acceptInvite?: Maybe<AcceptInviteResult>;
  /** Cancels a training or a generation. A running job stops within one step. */
  cancelJob?: Maybe<CancelJobResult>;
  /** Changes the caller's own password and ends the caller's other sessions. */
  changePassword?: Maybe<ChangePasswordResult>;
  /** Checks the uploaded photos, gives each one a verdict and closes the set. Rejected photos do not affect the others. */
  completePhotoUploads?: Maybe<CompletePhotoUploadsResult>;
  /** Creates an API key and returns its secret, which is shown only once. Callers can grant only rights they have. */
  createApiKey?: Maybe<CreateApiKeyResult>;
  /** Creates a subject: a person, an animal or an object. */
  createSubject?: Maybe<CreateSubjectResult>;
  /** Creates a tenant owned by the signed-in user. */
  createTenant?: Maybe<CreateTenantResult>;
  /** Deletes the caller's own account, if no tenant would be left without an owner: its sessions, memberships and address. Entries of audit trails keep its former id. */
  deleteAccount?: Maybe<DeleteAccountResult>;
  /** Deletes an adapter and its versions. Images drawn with it are kept. */
  deleteAdapter?: Maybe<DeleteAdapterResult>;
  /** Deletes a generation that has ended, with its images and their files. */
  deleteGeneration?: Maybe<DeleteGenerationResult>;
  /** Deletes one image with its file. Drawings that wait to start from it are canceled. */
  deleteImage?: Maybe<DeleteImageResult>;
  /** Deletes a photo set that no training is of, with its photos, their files and its consents. */
  deletePhotoSet?: Maybe<DeletePhotoSetResult>;
  /** Deletes a subject with its photos, consents, trainings, checkpoints, adapters and images. Returns a receipt of everything deleted. */
  deleteSubject?: Maybe<DeleteSubjectResult>;
  /** Deletes a tenant with everything that belongs to it, for its owners. Its keys stop and its jobs are canceled at once. Sent again, it returns the same receipt. */
  deleteTenant?: Maybe<DeleteTenantResult>;
  /** Estimates the cost and duration of a training and checks that it could start. Starts nothing. */
  estimateTraining?: Maybe<EstimateTrainingResult>;
  /** Converts a version to a file format and returns links to the files. */
  exportAdapter?: Maybe<ExportAdapterResult>;
  /** Draws images, each with or without adapters. */
  generate?: Maybe<GenerateResult>;
  /** Turns an uploaded adapter file into a version of a new or existing adapter. Every tensor must fit the base model. */
  importAdapter?: Maybe<ImportAdapterResult>;
  /** Invites someone by e-mail address; an open invitation of the same address is replaced. Returns the token for accepting it, which is shown only once. */
  inviteMember?: Maybe<InviteMemberResult>;
  /** Points the alias `production` of an adapter at one of its versions. */
  promoteVersion?: Maybe<PromoteVersionResult>;
  /** Records a person's consent to training on one complete photo set. */
  recordConsent?: Maybe<RecordConsentResult>;
  /** Returns a signed upload form for one adapter file. */
  requestAdapterUpload?: Maybe<RequestAdapterUploadResult>;
  /** Sends a token for a new password to the address, if it has an account; the answer is the same if not. Open to everyone. */
  requestPasswordReset?: Maybe<RequestPasswordResetResult>;
  /** Opens a photo set and returns a signed upload form for each photo. */
  requestPhotoUploads?: Maybe<RequestPhotoUploadsResult>;
  /** Sets a new password with a token and ends all sessions of the account. Open to everyone. */
  resetPassword?: Maybe<ResetPasswordResult>;
  /** Queues a failed or canceled job again. A training resumes from its last checkpoint, which is kept for a week; after that it starts over. */
  retryJob?: Maybe<RetryJobResult>;
  /** Revokes a key, which is refused within a second from then on. Callers can revoke keys whose rights they have, and a key can revoke itself. */
  revokeApiKey?: Maybe<RevokeApiKeyResult>;
  /** Revokes a consent. Trainings and generations that depend on it are canceled, and new ones are refused. */
  revokeConsent?: Maybe<RevokeConsentResult>;
  /** Takes an invitation back: its token is good for nothing any more. */
  revokeInvitation?: Maybe<RevokeInvitationResult>;
  /** Replaces a key with a new one that has the same rights. The old key can stay valid for a grace period. */
  rotateApiKey?: Maybe<RotateApiKeyResult>;
  /** Points an alias of an adapter at one of its versions, or removes the alias. */
  setAlias?: Maybe<SetAliasResult>;
  /** Changes a member's role or removes the member. Callers cannot grant or revoke a role above their own, and the last owner cannot be removed. */
  setRole?: Maybe<SetRoleResult>;
  /** Signs a user in: sets the session cookie. Open to everyone. */
  signIn?: Maybe<SignInResult>;
  /** Ends this session, another session of the same user, or all of them. */
  signOut?: Maybe<SignOutResult>;
  /** Creates a user and signs in (session cookie). Optionally creates a first tenant. Open to everyone. */
  signUp?: Maybe<SignUpResult>;
  /** Starts a training on a complete photo set. If the subject is a person, the set needs a consent that has not been revoked. */
  startTraining?: Maybe<StartTrainingResult>;
  /** Changes the name or the class noun of a subject. Trainings that have started keep the words that they were started with. */
  updateSubject?: Maybe<UpdateSubjectResult>;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationAcceptInviteArgs = {
  input: AcceptInviteInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationCancelJobArgs = {
  input: CancelJobInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationCompletePhotoUploadsArgs = {
  input: CompletePhotoUploadsInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationCreateApiKeyArgs = {
  input: CreateApiKeyInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationCreateSubjectArgs = {
  input: CreateSubjectInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationCreateTenantArgs = {
  input: CreateTenantInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationDeleteAccountArgs = {
  input: DeleteAccountInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationDeleteAdapterArgs = {
  input: DeleteAdapterInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationDeleteGenerationArgs = {
  input: DeleteGenerationInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationDeleteImageArgs = {
  input: DeleteImageInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationDeletePhotoSetArgs = {
  input: DeletePhotoSetInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationDeleteSubjectArgs = {
  input: DeleteSubjectInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationDeleteTenantArgs = {
  input: DeleteTenantInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationEstimateTrainingArgs = {
  input: EstimateTrainingInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationExportAdapterArgs = {
  input: ExportAdapterInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationGenerateArgs = {
  input: GenerateInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationImportAdapterArgs = {
  input: ImportAdapterInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationInviteMemberArgs = {
  input: InviteMemberInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationPromoteVersionArgs = {
  input: PromoteVersionInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationRecordConsentArgs = {
  input: RecordConsentInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationRequestAdapterUploadArgs = {
  input: RequestAdapterUploadInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationRequestPasswordResetArgs = {
  input: RequestPasswordResetInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationRequestPhotoUploadsArgs = {
  input: RequestPhotoUploadsInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationResetPasswordArgs = {
  input: ResetPasswordInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationRetryJobArgs = {
  input: RetryJobInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationRevokeApiKeyArgs = {
  input: RevokeApiKeyInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationRevokeConsentArgs = {
  input: RevokeConsentInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationRevokeInvitationArgs = {
  input: RevokeInvitationInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationRotateApiKeyArgs = {
  input: RotateApiKeyInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationSetAliasArgs = {
  input: SetAliasInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationSetRoleArgs = {
  input: SetRoleInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationSignInArgs = {
  input: SignInInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationSignOutArgs = {
  input: SignOutInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationSignUpArgs = {
  input: SignUpInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationStartTrainingArgs = {
  input: StartTrainingInput;
};


/**
 * Everything that can be changed. Each mutation takes one `input` and returns either its success type or a typed user error. Top-level errors
 * are reserved for missing rights (`UNAUTHENTICATED`, `FORBIDDEN`), limits and faults. An unknown id and an id of another tenant get the same answer.
 * A mutation is null only beside such an error: the answers of the others in the operation, with secrets that are shown once, are not lost.
 */
export type MutationUpdateSubjectArgs = {
  input: UpdateSubjectInput;
};

/** An object with a global id. */
export type Node = {
  /** Global id: opaque, and unique across all types. */
  id: Scalars['ID']['output'];
};

/** The id is unknown, or the caller may not see the object. The two cases get the same answer. */
export type NotFoundError = UserError & {
  __typename?: 'NotFoundError';
  /** Always NOT_FOUND. */
  code: UserErrorCode;
  /** Which id was not found. */
  message: Scalars['String']['output'];
  /** Path to the field of the input. */
  path: Array<Scalars['String']['output']>;
};

/** Position of a page in its list. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Cursor of the last entry of this page; null when the page is empty. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether there are more entries after this page. */
  hasNextPage: Scalars['Boolean']['output'];
};

/** One photo of a photo set. */
export type Photo = Node & {
  __typename?: 'Photo';
  /** Size of the stored photo in bytes; null unless accepted. */
  bytes?: Maybe<Scalars['SafeInt']['output']>;
  /** Name of the original file. */
  fileName: Scalars['String']['output'];
  /** Height in pixels; null unless accepted. */
  height?: Maybe<Scalars['Int']['output']>;
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Its index in the set, starting at 0. */
  position: Scalars['Int']['output'];
  /** What is wrong with it, the limit, and what to do, as a sentence that follows the file's name; null if it was not rejected. */
  reason?: Maybe<Scalars['String']['output']>;
  /** SHA-256 of the stored photo (rotated upright, metadata removed); null unless accepted. */
  sha256?: Maybe<Scalars['String']['output']>;
  /** Its state. */
  state: PhotoState;
  /** Signed link to the photo, valid for a few minutes; null unless accepted. */
  url?: Maybe<Scalars['String']['output']>;
  /** When `url` expires; null unless accepted. */
  urlExpiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Why it was rejected; null if it was not. */
  verdict?: Maybe<PhotoVerdict>;
  /** Width in pixels; null unless accepted. */
  width?: Maybe<Scalars['Int']['output']>;
};

/** Caption of a photo. */
export type PhotoCaptionInput = {
  /** The photo. */
  photoId: Scalars['ID']['input'];
  /** The caption. It should contain the phrase that refers to the subject. */
  text: Scalars['String']['input'];
};

/** How photos are brought to the size that a training learns them at. They are never stretched. */
export type PhotoCrop =
  /** Each is learned in the shape that is nearest to its own, at about the area the base model was trained on. */
  | 'ASPECT'
  /** Each is cropped around its centre to the base model's square. */
  | 'SQUARE';

/** A photo to upload. */
export type PhotoFileInput = {
  /** Exact size of the file in bytes. */
  bytes: Scalars['SafeInt']['input'];
  /** image/jpeg, image/png, image/webp or image/avif. */
  contentType: Scalars['String']['input'];
  /** Name of the file, at most 255 characters. */
  fileName: Scalars['String']['input'];
  /** SHA-256 of the file in hexadecimal; if given, any other file is refused. */
  sha256?: InputMaybe<Scalars['String']['input']>;
};

/** A set of photos to train on. Immutable once complete. */
export type PhotoSet = Node & {
  __typename?: 'PhotoSet';
  /** When it was closed; null while it is open. */
  completedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was opened. */
  createdAt: Scalars['DateTime']['output'];
  /** SHA-256 of the accepted photos in order; null until the set is complete. */
  hash?: Maybe<Scalars['String']['output']>;
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Its photos, in order. */
  photos: Array<Photo>;
  /** Its state. */
  state: PhotoSetState;
  /** The subject that the photos show. */
  subject: Subject;
};

/** A page of photo sets. */
export type PhotoSetConnection = {
  __typename?: 'PhotoSetConnection';
  /** The entries with their cursors. */
  edges: Array<PhotoSetEdge>;
  /** The entries. */
  nodes: Array<PhotoSet>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of photo sets. */
export type PhotoSetEdge = {
  __typename?: 'PhotoSetEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: PhotoSet;
};

/** State of a photo set. */
export type PhotoSetState =
  /** At least one photo was accepted. The set is now immutable. */
  | 'COMPLETE'
  /** Photos are being uploaded. */
  | 'OPEN'
  /** No photo was accepted. The set cannot be used. */
  | 'REJECTED';

/** State of a photo. */
export type PhotoState =
  /** Suitable for training. */
  | 'ACCEPTED'
  /** Not checked yet. */
  | 'PENDING'
  /** Not suitable for training; see the verdict. */
  | 'REJECTED';

/** A photo and the form to upload it with. */
export type PhotoUpload = {
  __typename?: 'PhotoUpload';
  /** The upload form; null if the photo was rejected because of its size or type. */
  form?: Maybe<UploadForm>;
  /** The photo. */
  photo: Photo;
};

/** Why a photo was rejected. */
export type PhotoVerdict =
  /** It is not sharp enough. */
  | 'BLURRED'
  /** It shows the same picture as an earlier photo of the set. */
  | 'DUPLICATE'
  /** It was not uploaded. */
  | 'MISSING'
  /** It has too many bytes or pixels. */
  | 'TOO_LARGE'
  /** It has too few pixels. */
  | 'TOO_SMALL'
  /** The file is damaged. */
  | 'UNREADABLE'
  /** The file is not a JPEG, PNG, WebP or AVIF image, but a HEIC photo for example; see the reason for what to do. */
  | 'UNSUPPORTED';

/** Progress of a job. */
export type Progress = {
  __typename?: 'Progress';
  /** Number of finished steps. */
  step: Scalars['Int']['output'];
  /** Total number of steps. */
  steps: Scalars['Int']['output'];
};

/** Input of promoteVersion. */
export type PromoteVersionInput = {
  /** The version. */
  versionId: Scalars['ID']['input'];
};

/** Answers of promoteVersion. */
export type PromoteVersionResult = NotFoundError | PromoteVersionSuccess;

/** The alias `production` points at the version. */
export type PromoteVersionSuccess = {
  __typename?: 'PromoteVersionSuccess';
  /** The alias `production`. */
  alias: Alias;
};

/**
 * Everything that can be read. Fields need a session or an API key unless their description says otherwise. All data belongs to one tenant:
 * the API key's, or, with a session, the one named by the header `semblance-tenant` (by default the tenant joined first).
 * A field that needs a right is null when it is refused or fails, and `errors` says why; the other fields of the operation are answered.
 */
export type Query = {
  __typename?: 'Query';
  /** All adapters that have a version, newest first. */
  adapters?: Maybe<AdapterConnection>;
  /** The audit trail, newest first. */
  auditEntries?: Maybe<AuditEntryConnection>;
  /** All base models, for training adapters and drawing images. */
  baseModels?: Maybe<Array<BaseModel>>;
  /** The API key of this request; null for other callers. */
  currentKey?: Maybe<ApiKey>;
  /** The tenant's event log, oldest first; `tenantEvents` delivers the same events. */
  events?: Maybe<JobEventConnection>;
  /** All generations, newest first. Previews are listed under their training. */
  generations?: Maybe<GenerationConnection>;
  /** All images except previews, newest first. */
  images?: Maybe<ImageConnection>;
  /** The signed-in user; null for anonymous callers and API keys. */
  me?: Maybe<User>;
  /** All personalization methods, with their options. */
  methods?: Maybe<Array<Method>>;
  /** The object with this global id; null when it does not exist or the caller may not read it. */
  node?: Maybe<Node>;
  /** All samplers by name. */
  schedulers?: Maybe<Array<Scalars['String']['output']>>;
  /** This contract in the schema language of GraphQL, for signed-in users and API keys; introspection is off in production. */
  schema?: Maybe<Scalars['String']['output']>;
  /** Version and limits of this server. Open to everyone. */
  service: Service;
  /** All subjects, newest first. */
  subjects?: Maybe<SubjectConnection>;
  /** The tenant of this request; null when there is none. */
  tenant?: Maybe<Tenant>;
  /** All trainings, newest first. */
  trainingJobs?: Maybe<TrainingJobConnection>;
};


/**
 * Everything that can be read. Fields need a session or an API key unless their description says otherwise. All data belongs to one tenant:
 * the API key's, or, with a session, the one named by the header `semblance-tenant` (by default the tenant joined first).
 * A field that needs a right is null when it is refused or fails, and `errors` says why; the other fields of the operation are answered.
 */
export type QueryAdaptersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AdapterFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  order?: InputMaybe<ListOrder>;
};


/**
 * Everything that can be read. Fields need a session or an API key unless their description says otherwise. All data belongs to one tenant:
 * the API key's, or, with a session, the one named by the header `semblance-tenant` (by default the tenant joined first).
 * A field that needs a right is null when it is refused or fails, and `errors` says why; the other fields of the operation are answered.
 */
export type QueryAuditEntriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AuditFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  order?: InputMaybe<ListOrder>;
};


/**
 * Everything that can be read. Fields need a session or an API key unless their description says otherwise. All data belongs to one tenant:
 * the API key's, or, with a session, the one named by the header `semblance-tenant` (by default the tenant joined first).
 * A field that needs a right is null when it is refused or fails, and `errors` says why; the other fields of the operation are answered.
 */
export type QueryEventsArgs = {
  after?: InputMaybe<Scalars['SafeInt']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  jobId?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * Everything that can be read. Fields need a session or an API key unless their description says otherwise. All data belongs to one tenant:
 * the API key's, or, with a session, the one named by the header `semblance-tenant` (by default the tenant joined first).
 * A field that needs a right is null when it is refused or fails, and `errors` says why; the other fields of the operation are answered.
 */
export type QueryGenerationsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<GenerationFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  order?: InputMaybe<ListOrder>;
};


/**
 * Everything that can be read. Fields need a session or an API key unless their description says otherwise. All data belongs to one tenant:
 * the API key's, or, with a session, the one named by the header `semblance-tenant` (by default the tenant joined first).
 * A field that needs a right is null when it is refused or fails, and `errors` says why; the other fields of the operation are answered.
 */
export type QueryImagesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ImageFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  order?: InputMaybe<ListOrder>;
};


/**
 * Everything that can be read. Fields need a session or an API key unless their description says otherwise. All data belongs to one tenant:
 * the API key's, or, with a session, the one named by the header `semblance-tenant` (by default the tenant joined first).
 * A field that needs a right is null when it is refused or fails, and `errors` says why; the other fields of the operation are answered.
 */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Everything that can be read. Fields need a session or an API key unless their description says otherwise. All data belongs to one tenant:
 * the API key's, or, with a session, the one named by the header `semblance-tenant` (by default the tenant joined first).
 * A field that needs a right is null when it is refused or fails, and `errors` says why; the other fields of the operation are answered.
 */
export type QuerySubjectsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<SubjectFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  order?: InputMaybe<ListOrder>;
};


/**
 * Everything that can be read. Fields need a session or an API key unless their description says otherwise. All data belongs to one tenant:
 * the API key's, or, with a session, the one named by the header `semblance-tenant` (by default the tenant joined first).
 * A field that needs a right is null when it is refused or fails, and `errors` says why; the other fields of the operation are answered.
 */
export type QueryTrainingJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TrainingJobFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  order?: InputMaybe<ListOrder>;
};

/** Input of recordConsent. */
export type RecordConsentInput = {
  /** Who agreed. */
  grantedBy: Scalars['String']['input'];
  /** The complete photo set that it covers. */
  photoSetId: Scalars['ID']['input'];
  /** The text that was agreed to, at most 10000 characters. */
  statement: Scalars['String']['input'];
};

/** Answers of recordConsent. */
export type RecordConsentResult = NotFoundError | RecordConsentSuccess | ValidationError;

/** The consent is recorded. */
export type RecordConsentSuccess = {
  __typename?: 'RecordConsentSuccess';
  /** The new consent. */
  consent: Consent;
};

/** Input of requestAdapterUpload. */
export type RequestAdapterUploadInput = {
  /** Size of the file in bytes. */
  bytes: Scalars['SafeInt']['input'];
  /** SHA-256 of the file in hexadecimal; if given, any other file is refused. */
  sha256?: InputMaybe<Scalars['String']['input']>;
};

/** Answers of requestAdapterUpload. */
export type RequestAdapterUploadResult = LimitError | RequestAdapterUploadSuccess | ValidationError;

/** The file may be uploaded. */
export type RequestAdapterUploadSuccess = {
  __typename?: 'RequestAdapterUploadSuccess';
  /** The upload form. */
  form: UploadForm;
  /** Id of the upload, for importAdapter. */
  uploadId: Scalars['ID']['output'];
};

/** Input of requestPasswordReset. */
export type RequestPasswordResetInput = {
  /** E-mail address of the account. */
  email: Scalars['String']['input'];
};

/** Answers of requestPasswordReset. */
export type RequestPasswordResetResult = RequestPasswordResetSuccess;

/** If there is such an account, a token was sent to its address. */
export type RequestPasswordResetSuccess = {
  __typename?: 'RequestPasswordResetSuccess';
  /** Seconds for which the token is good, once. A newer token replaces it. */
  seconds: Scalars['Int']['output'];
};

/** Input of requestPhotoUploads. */
export type RequestPhotoUploadsInput = {
  /** The photos to upload, in order; may be empty if photos are kept. */
  files: Array<PhotoFileInput>;
  /** Accepted photos of earlier sets of the subject that the new set has, too. They come before the uploads. */
  keepPhotoIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The subject that the photos show. */
  subjectId: Scalars['ID']['input'];
};

/** Answers of requestPhotoUploads. */
export type RequestPhotoUploadsResult = LimitError | NotFoundError | RequestPhotoUploadsSuccess | ValidationError;

/** The photo set is open. */
export type RequestPhotoUploadsSuccess = {
  __typename?: 'RequestPhotoUploadsSuccess';
  /** The new photo set. */
  photoSet: PhotoSet;
  /** One upload form for each photo, in the same order. */
  uploads: Array<PhotoUpload>;
};

/** Input of resetPassword. */
export type ResetPasswordInput = {
  /** The new password, of 10 to 200 characters. */
  newPassword: Scalars['String']['input'];
  /** The token that was sent. */
  token: Scalars['String']['input'];
};

/** Answers of resetPassword. */
export type ResetPasswordResult = NotFoundError | ResetPasswordSuccess | ValidationError;

/** The password is set, and all sessions of the account have ended. */
export type ResetPasswordSuccess = {
  __typename?: 'ResetPasswordSuccess';
  /** Always true. */
  done: Scalars['Boolean']['output'];
};

/** Input of retryJob. */
export type RetryJobInput = {
  /** Idempotency key, at most 255 characters. Within 24 hours, a repeated request with the same key and input returns the stored result and does nothing. */
  idempotencyKey: Scalars['String']['input'];
  /** The job. */
  jobId: Scalars['ID']['input'];
};

/** Answers of retryJob. */
export type RetryJobResult = ConflictError | ConsentError | LimitError | NotFoundError | RetryJobSuccess | ValidationError;

/** The job is queued again. */
export type RetryJobSuccess = {
  __typename?: 'RetryJobSuccess';
  /** The job. */
  job: Job;
};

/** Input of revokeApiKey. */
export type RevokeApiKeyInput = {
  /** The key. */
  apiKeyId: Scalars['ID']['input'];
};

/** Answers of revokeApiKey. */
export type RevokeApiKeyResult = NotFoundError | RevokeApiKeySuccess | RightsError;

/** The key is revoked. */
export type RevokeApiKeySuccess = {
  __typename?: 'RevokeApiKeySuccess';
  /** The key. */
  apiKey: ApiKey;
};

/** Input of revokeConsent. */
export type RevokeConsentInput = {
  /** The consent. */
  consentId: Scalars['ID']['input'];
};

/** Answers of revokeConsent. */
export type RevokeConsentResult = NotFoundError | RevokeConsentSuccess;

/** The consent is revoked. */
export type RevokeConsentSuccess = {
  __typename?: 'RevokeConsentSuccess';
  /** Number of jobs that were canceled because they depended on it. */
  canceledJobs: Scalars['Int']['output'];
  /** The consent. */
  consent: Consent;
};

/** Input of revokeInvitation. */
export type RevokeInvitationInput = {
  /** The invitation. */
  invitationId: Scalars['ID']['input'];
};

/** Answers of revokeInvitation. */
export type RevokeInvitationResult = NotFoundError | RevokeInvitationSuccess | RightsError;

/** The invitation is taken back. */
export type RevokeInvitationSuccess = {
  __typename?: 'RevokeInvitationSuccess';
  /** The invitation that no longer holds. */
  invitation: Invitation;
};

/** The caller tried to grant more rights than the caller has. */
export type RightsError = UserError & {
  __typename?: 'RightsError';
  /** Always EXCEEDS_RIGHTS. */
  code: UserErrorCode;
  /** Which right is missing. */
  message: Scalars['String']['output'];
  /** Path to the field of the input. */
  path: Array<Scalars['String']['output']>;
};

/** What a member may do. Each role includes the rights of the roles before it. */
export type Role =
  /** May also manage members and API keys and delete data. */
  | 'ADMIN'
  /** May also create subjects, train and draw. */
  | 'MEMBER'
  /** May also appoint and remove owners. */
  | 'OWNER'
  /** May read. */
  | 'VIEWER';

/** Input of rotateApiKey. */
export type RotateApiKeyInput = {
  /** The key. */
  apiKeyId: Scalars['ID']['input'];
  /** Seconds for which the old key stays valid, at most 7 days. */
  graceSeconds?: InputMaybe<Scalars['Int']['input']>;
};

/** Answers of rotateApiKey. */
export type RotateApiKeyResult = LimitError | NotFoundError | RightsError | RotateApiKeySuccess | ValidationError;

/** The key is replaced. */
export type RotateApiKeySuccess = {
  __typename?: 'RotateApiKeySuccess';
  /** The key without its secret. */
  apiKey: ApiKey;
  /** The secret key that programs send; shown only once. */
  secret: Scalars['String']['output'];
};

/** This server. */
export type Service = {
  __typename?: 'Service';
  /** Limits that inputs must respect. */
  limits: Limits;
  /** Version of Semblance. */
  version: Scalars['String']['output'];
};

/** A session of a signed-in browser or program. */
export type Session = Node & {
  __typename?: 'Session';
  /** When it began. */
  createdAt: Scalars['DateTime']['output'];
  /** Whether this request uses the session. */
  current: Scalars['Boolean']['output'];
  /** When it expires unless it is used before then. */
  expiresAt: Scalars['DateTime']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** When it was last used, accurate to a minute. */
  lastUsedAt: Scalars['DateTime']['output'];
};

/** Input of setAlias. */
export type SetAliasInput = {
  /** The adapter. */
  adapterId: Scalars['ID']['input'];
  /** Its name: at most 50 letters, digits, - and _; not `latest`. */
  name: Scalars['String']['input'];
  /** The version to point at; null to remove the alias. */
  versionId?: InputMaybe<Scalars['ID']['input']>;
};

/** Answers of setAlias. */
export type SetAliasResult = LimitError | NotFoundError | SetAliasSuccess | ValidationError;

/** The alias is set. */
export type SetAliasSuccess = {
  __typename?: 'SetAliasSuccess';
  /** The alias; null if it was removed. */
  alias?: Maybe<Alias>;
};

/** Input of setRole. */
export type SetRoleInput = {
  /** The member. */
  membershipId: Scalars['ID']['input'];
  /** The new role; null to remove the member. */
  role?: InputMaybe<Role>;
};

/** Answers of setRole. */
export type SetRoleResult = NotFoundError | RightsError | SetRoleSuccess | ValidationError;

/** The role is set. */
export type SetRoleSuccess = {
  __typename?: 'SetRoleSuccess';
  /** Keys that the removed member, or one of the member's keys, created and that still hold; revoke those that nobody needs. */
  apiKeys?: Maybe<Array<ApiKey>>;
  /** The membership; null if the member was removed. */
  membership?: Maybe<Membership>;
};

/** Input of signIn. */
export type SignInInput = {
  /** E-mail address. */
  email: Scalars['String']['input'];
  /** Password. */
  password: Scalars['String']['input'];
};

/** Answers of signIn. */
export type SignInResult = CredentialsError | SignInSuccess;

/** The user is signed in. */
export type SignInSuccess = {
  __typename?: 'SignInSuccess';
  /** The new session. */
  session: Session;
  /** The user. */
  user: User;
};

/** Input of signOut. */
export type SignOutInput = {
  /** Whether to end all sessions of the user. */
  everywhere?: InputMaybe<Scalars['Boolean']['input']>;
  /** Session to end instead of this one. */
  sessionId?: InputMaybe<Scalars['ID']['input']>;
};

/** Answers of signOut. */
export type SignOutResult = NotFoundError | SignOutSuccess;

/** The sessions have ended. */
export type SignOutSuccess = {
  __typename?: 'SignOutSuccess';
  /** Number of sessions ended. */
  ended: Scalars['Int']['output'];
};

/** Input of signUp. */
export type SignUpInput = {
  /** E-mail address. */
  email: Scalars['String']['input'];
  /** Token of an invitation for this address, which is still to be accepted; needed where sign-up is closed. */
  inviteToken?: InputMaybe<Scalars['String']['input']>;
  /** Full name. */
  name: Scalars['String']['input'];
  /** Password of 10 to 200 characters. */
  password: Scalars['String']['input'];
  /** Name of a tenant to create, with the user as its owner. */
  tenantName?: InputMaybe<Scalars['String']['input']>;
};

/** Answers of signUp. */
export type SignUpResult = ConflictError | SignUpSuccess | ValidationError;

/** The user is signed up and signed in. */
export type SignUpSuccess = {
  __typename?: 'SignUpSuccess';
  /** The new tenant, if one was requested. */
  tenant?: Maybe<Tenant>;
  /** The user. */
  user: User;
};

/** Input of startTraining. */
export type StartTrainingInput = {
  /** Name of the adapter that gets the new version; by default the subject's name. */
  adapterName?: InputMaybe<Scalars['String']['input']>;
  /** The base model to train for; by default the first one. */
  baseModelId?: InputMaybe<Scalars['ID']['input']>;
  /** Batch size, in photos per step; by default the method's own. */
  batch?: InputMaybe<Scalars['Int']['input']>;
  /** Captions of photos; by default `a photo of <token> <class noun>`. */
  captions?: InputMaybe<Array<PhotoCaptionInput>>;
  /** Steps between checkpoints. */
  checkpointEvery?: InputMaybe<Scalars['Int']['input']>;
  /** How photos that are not square are cut; by default ASPECT for a full-size base model and SQUARE for a small one, which knows squares alone. */
  crop?: InputMaybe<PhotoCrop>;
  /** Idempotency key, at most 255 characters. Within 24 hours, a repeated request with the same key and input returns the stored result and does nothing. */
  idempotencyKey: Scalars['String']['input'];
  /** Learning rate; by default the method's own. */
  learningRate?: InputMaybe<Scalars['Float']['input']>;
  /** Name of the method. */
  method?: InputMaybe<Scalars['String']['input']>;
  /** Options of the method; see `methods`. */
  options?: InputMaybe<Scalars['JSON']['input']>;
  /** The complete photo set to train on. */
  photoSetId: Scalars['ID']['input'];
  /** Steps between previews. */
  previewEvery?: InputMaybe<Scalars['Int']['input']>;
  /** Prompts of previews to draw during the training, at most 4. */
  previewPrompts?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Seed of all random numbers. */
  seed?: InputMaybe<Scalars['SafeInt']['input']>;
  /** Optimizer steps; by default the method's own. */
  steps?: InputMaybe<Scalars['Int']['input']>;
  /** A rare word that will refer to the subject in prompts, written before the class noun. */
  token?: InputMaybe<Scalars['String']['input']>;
};

/** Answers of startTraining. */
export type StartTrainingResult = ConflictError | ConsentError | LimitError | NotFoundError | StartTrainingSuccess | ValidationError;

/** The training is queued. */
export type StartTrainingSuccess = {
  __typename?: 'StartTrainingSuccess';
  /** The training. */
  job: TrainingJob;
};

/** A person, animal or object to learn and draw. */
export type Subject = Node & {
  __typename?: 'Subject';
  /** Its adapters that have a version, newest first. */
  adapters: AdapterConnection;
  /** What it is, as a noun in a prompt: person, cat, backpack. */
  classNoun: Scalars['String']['output'];
  /** Consents of this person, newest first. */
  consents: ConsentConnection;
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Whether it is a person. Training on a person's photos requires consent. */
  isPerson: Scalars['Boolean']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /** Its photo sets, newest first. */
  photoSets: PhotoSetConnection;
  /** Its trainings, newest first. */
  trainingJobs: TrainingJobConnection;
};


/** A person, animal or object to learn and draw. */
export type SubjectAdaptersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A person, animal or object to learn and draw. */
export type SubjectConsentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A person, animal or object to learn and draw. */
export type SubjectPhotoSetsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A person, animal or object to learn and draw. */
export type SubjectTrainingJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of subjects. */
export type SubjectConnection = {
  __typename?: 'SubjectConnection';
  /** The entries with their cursors. */
  edges: Array<SubjectEdge>;
  /** The entries. */
  nodes: Array<Subject>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of subjects. */
export type SubjectEdge = {
  __typename?: 'SubjectEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: Subject;
};

/** Filter for subjects; all conditions must hold. */
export type SubjectFilter = {
  /** Only what was created at this time or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only what was created before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Whether the subject is a person. */
  isPerson?: InputMaybe<Scalars['Boolean']['input']>;
  /** Part of the name, case-insensitive. */
  nameContains?: InputMaybe<Scalars['String']['input']>;
};

/**
 * Event streams over WebSocket (graphql-transport-ws). Each delivers the event log from a cursor on, without gaps or duplicates. Numbers count
 * all events of the tenant: those of one job rise, but not by one.
 */
export type Subscription = {
  __typename?: 'Subscription';
  /** The events of one job, from the first or from a cursor on. Completes after the job's last event. */
  jobEvents: JobEvent;
  /** The events of all jobs of the tenant. Without a cursor, only new events are delivered. */
  tenantEvents: JobEvent;
};


/**
 * Event streams over WebSocket (graphql-transport-ws). Each delivers the event log from a cursor on, without gaps or duplicates. Numbers count
 * all events of the tenant: those of one job rise, but not by one.
 */
export type SubscriptionJobEventsArgs = {
  after?: InputMaybe<Scalars['SafeInt']['input']>;
  jobId: Scalars['ID']['input'];
};


/**
 * Event streams over WebSocket (graphql-transport-ws). Each delivers the event log from a cursor on, without gaps or duplicates. Numbers count
 * all events of the tenant: those of one job rise, but not by one.
 */
export type SubscriptionTenantEventsArgs = {
  after?: InputMaybe<Scalars['SafeInt']['input']>;
};

/** A workspace. Everything except users, sessions and base models belongs to exactly one tenant. */
export type Tenant = Node & {
  __typename?: 'Tenant';
  /** Its API keys, including revoked ones, newest first. */
  apiKeys?: Maybe<ApiKeyConnection>;
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** Receipts for deleted subjects, newest first. */
  deletionReceipts?: Maybe<DeletionReceiptConnection>;
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Pending invitations, newest first. */
  invitations?: Maybe<InvitationConnection>;
  /** Its members, oldest first. */
  memberships?: Maybe<MembershipConnection>;
  /** Its name. */
  name: Scalars['String']['output'];
  /** The caller's role in it; null for API keys. */
  role?: Maybe<Role>;
  /** Size of its files in bytes: photos, checkpoints, adapter versions and images, equal files once. Only of the request's tenant. */
  storedBytes?: Maybe<Scalars['SafeInt']['output']>;
};


/** A workspace. Everything except users, sessions and base models belongs to exactly one tenant. */
export type TenantApiKeysArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ApiKeyFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A workspace. Everything except users, sessions and base models belongs to exactly one tenant. */
export type TenantDeletionReceiptsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A workspace. Everything except users, sessions and base models belongs to exactly one tenant. */
export type TenantInvitationsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A workspace. Everything except users, sessions and base models belongs to exactly one tenant. */
export type TenantMembershipsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A tenant that was deleted. */
export type TenantDeletion = {
  __typename?: 'TenantDeletion';
  /** When the last file was gone. */
  finishedAt: Scalars['DateTime']['output'];
  /** Number of deleted rows by table; number, bytes and SHA-256 of the deleted files: the hash is over the files' own, in hexadecimal, sorted, each with a line feed. */
  receipt: Scalars['JSON']['output'];
  /** When the deletion began. */
  startedAt: Scalars['DateTime']['output'];
  /** Former global id of the tenant. */
  tenantId: Scalars['ID']['output'];
};

/** Estimated cost and duration of a training. */
export type TrainingEstimate = {
  __typename?: 'TrainingEstimate';
  /** Number of trainings of all tenants that would be taken before it. */
  queued: Scalars['Int']['output'];
  /** Expected duration in seconds without waiting, based on earlier trainings on the same base model if there are any. */
  seconds: Scalars['Float']['output'];
  /** Optimizer steps. */
  steps: Scalars['Int']['output'];
  /** Expected seconds until a worker takes it, with what all tenants have queued and what is being done; null while no trainer is running. */
  waitSeconds?: Maybe<Scalars['Float']['output']>;
  /** Cost in work units. */
  workUnits: Scalars['SafeInt']['output'];
};

/** A training: learns a subject from photos and produces a version of an adapter. */
export type TrainingJob = Job & Node & {
  __typename?: 'TrainingJob';
  /** The adapter that the version is added to, decided when the training starts; null if it was deleted. */
  adapter?: Maybe<Adapter>;
  /** Its attempts, in order. There are several if a worker was lost or the job was retried. */
  attempts: Array<JobAttempt>;
  /** The base model to train for. */
  baseModel: BaseModel;
  /** Its checkpoints, in order. After a failed or canceled training only the last one is kept, for a week; after a successful one, none. */
  checkpoints: Array<Checkpoint>;
  /** Machine-readable error code of a failed job; null otherwise. */
  code?: Maybe<Scalars['String']['output']>;
  /** When it was queued. */
  createdAt: Scalars['DateTime']['output'];
  /** Environment of the key that created it: jobs of test keys are free and run on the smallest settings. */
  environment: ApiKeyEnvironment;
  /** Its events, oldest first. */
  events: JobEventConnection;
  /** When it finished. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Always TRAINING. */
  kind: JobKind;
  /** Loss and other metrics by step: at most 1000 evenly spaced entries. */
  metrics: Array<TrainingMetric>;
  /** The photos to learn from. */
  photoSet: PhotoSet;
  /** Preview generations drawn while it ran, oldest first. */
  previews: Array<Generation>;
  /** Its progress; null before it runs. */
  progress?: Maybe<Progress>;
  /** Its place in the queue of all tenants while it is QUEUED, from 1; null otherwise. Tenants take turns, so jobs that others queue later may come before it. */
  queuePosition?: Maybe<Scalars['Int']['output']>;
  /** Reason for its current state. */
  reason?: Maybe<Scalars['String']['output']>;
  /** Its settings. */
  settings: TrainingSettings;
  /** When a worker first started it. */
  startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its state. */
  state: JobState;
  /** The subject to learn. */
  subject: Subject;
  /** The resulting version; null until the training has succeeded. */
  version?: Maybe<AdapterVersion>;
  /** What it waits for while it is QUEUED; null otherwise. */
  waitingFor?: Maybe<JobWait>;
  /** What was left out or done otherwise than asked: of prompts, captions and previews. More may come while it runs. */
  warnings: Array<Warning>;
  /** Cost in work units: three per image and step, plus the previews. */
  workUnits: Scalars['SafeInt']['output'];
};


/** A training: learns a subject from photos and produces a version of an adapter. */
export type TrainingJobEventsArgs = {
  after?: InputMaybe<Scalars['SafeInt']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of trainings. */
export type TrainingJobConnection = {
  __typename?: 'TrainingJobConnection';
  /** The entries with their cursors. */
  edges: Array<TrainingJobEdge>;
  /** The entries. */
  nodes: Array<TrainingJob>;
  /** Position of the page in the list. */
  pageInfo: PageInfo;
  /** Number of entries in the whole list, as it is filtered. */
  totalCount: Scalars['Int']['output'];
};

/** One entry of a page of trainings. */
export type TrainingJobEdge = {
  __typename?: 'TrainingJobEdge';
  /** Its cursor, for reading on after it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: TrainingJob;
};

/** Filter for trainings; all conditions must hold. */
export type TrainingJobFilter = {
  /** Only what was created at this time or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only what was created before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** One of these states. */
  states?: InputMaybe<Array<JobState>>;
  /** The subject. */
  subjectId?: InputMaybe<Scalars['ID']['input']>;
};

/** Metrics of one training step. */
export type TrainingMetric = {
  __typename?: 'TrainingMetric';
  /** Learning rate of the step. */
  learningRate?: Maybe<Scalars['Float']['output']>;
  /** Loss of the step. */
  loss?: Maybe<Scalars['Float']['output']>;
  /** Duration of the step in milliseconds. */
  milliseconds?: Maybe<Scalars['Float']['output']>;
  /** Estimated remaining seconds. */
  remainingSeconds?: Maybe<Scalars['Float']['output']>;
  /** Number of finished steps. */
  step: Scalars['Int']['output'];
};

/** Settings of a training, with all defaults filled in. */
export type TrainingSettings = {
  __typename?: 'TrainingSettings';
  /** Batch size, in photos per step; null for the method's default. */
  batch?: Maybe<Scalars['Int']['output']>;
  /** Steps between checkpoints. */
  checkpointEvery: Scalars['Int']['output'];
  /** How photos that are not square are cut. */
  crop: PhotoCrop;
  /** Learning rate; null for the method's default. */
  learningRate?: Maybe<Scalars['Float']['output']>;
  /** Name of the method. */
  method: Scalars['String']['output'];
  /** The method's options. */
  options: Scalars['JSON']['output'];
  /** The phrase that refers to the subject in prompts. */
  phrase: Scalars['String']['output'];
  /** Steps between previews. */
  previewEvery: Scalars['Int']['output'];
  /** Prompts of the previews. */
  previewPrompts: Array<Scalars['String']['output']>;
  /** Seed of all random numbers. */
  seed: Scalars['SafeInt']['output'];
  /** Optimizer steps. */
  steps: Scalars['Int']['output'];
};

/** Input of updateSubject. */
export type UpdateSubjectInput = {
  /** What it is, as a noun in a prompt; by default as it is. */
  classNoun?: InputMaybe<Scalars['String']['input']>;
  /** Its new name, at most 100 characters; by default as it is. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The subject. */
  subjectId: Scalars['ID']['input'];
};

/** Answers of updateSubject. */
export type UpdateSubjectResult = NotFoundError | UpdateSubjectSuccess | ValidationError;

/** The subject is changed. */
export type UpdateSubjectSuccess = {
  __typename?: 'UpdateSubjectSuccess';
  /** The subject. */
  subject: Subject;
};

/** A signed upload form. Send every field and then the file, named `file`, in one multipart POST request. */
export type UploadForm = {
  __typename?: 'UploadForm';
  /** When it expires. */
  expiresAt: Scalars['DateTime']['output'];
  /** Fields to send before the file. */
  fields: Array<FormField>;
  /** Address to send the form to. */
  url: Scalars['String']['output'];
};

/** A person who can sign in. */
export type User = Node & {
  __typename?: 'User';
  /** When the user signed up. */
  createdAt: Scalars['DateTime']['output'];
  /** E-mail address; null unless the caller is this user or an administrator of a shared tenant. */
  email?: Maybe<Scalars['String']['output']>;
  /** Global id. */
  id: Scalars['ID']['output'];
  /** The user's memberships; empty for users other than the caller. */
  memberships: Array<Membership>;
  /** Full name. */
  name: Scalars['String']['output'];
  /** Active sessions; empty for users other than the caller. */
  sessions: Array<Session>;
};

/** An error that the caller can correct. */
export type UserError = {
  /** Machine-readable kind of error. */
  code: UserErrorCode;
  /** What is wrong, what is allowed, and what to do next. */
  message: Scalars['String']['output'];
  /** Path to the field of the input, outermost first. List indexes are decimal strings. */
  path: Array<Scalars['String']['output']>;
};

/** Kinds of user errors. */
export type UserErrorCode =
  /** The e-mail address or the password is wrong. */
  | 'BAD_CREDENTIALS'
  /** A person's consent for the photo set is missing. */
  | 'CONSENT_MISSING'
  /** The consent was revoked. */
  | 'CONSENT_REVOKED'
  /** The caller tried to grant a right that the caller does not have. */
  | 'EXCEEDS_RIGHTS'
  /** The uploaded file is missing, damaged or of an unsupported type. */
  | 'FILE_INVALID'
  /** The idempotency key was already used with another operation or another input. */
  | 'IDEMPOTENCY_MISMATCH'
  /** A value of the input breaks a rule. */
  | 'INVALID'
  /** A limit of the service would be exceeded. */
  | 'LIMIT_EXCEEDED'
  /** The id is unknown, or the caller may not see the object. */
  | 'NOT_FOUND'
  /** The name or address is already in use. */
  | 'TAKEN'
  /** The operation is not possible in the object's current state. */
  | 'WRONG_STATE';

/** A value of the input breaks a rule, or the operation is not possible in the object's current state. */
export type ValidationError = UserError & {
  __typename?: 'ValidationError';
  /** The kind of error. */
  code: UserErrorCode;
  /** What is wrong, what is allowed, and what to do next. */
  message: Scalars['String']['output'];
  /** Path to the field of the input. */
  path: Array<Scalars['String']['output']>;
};

/** Something that was left out, or done otherwise than asked. The job goes on. */
export type Warning = {
  __typename?: 'Warning';
  /** Machine-readable code, such as PROMPT_CUT, PROMPT_SYNTAX, WORD_UNKNOWN, WORD_MISSING, CAPTION_UNUSED or PREVIEW_NONE. */
  code: Scalars['String']['output'];
  /** Names the thing, and what was done with it. */
  message: Scalars['String']['output'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  AcceptInviteResult:
    | ( Omit<AcceptInviteSuccess, 'membership'> & { membership: _RefType['Membership'] } & { __typename: 'AcceptInviteSuccess' } )
    | ( ConflictError & { __typename: 'ConflictError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
  ;
  CancelJobResult:
    | ( Omit<CancelJobSuccess, 'job'> & { job: _RefType['Job'] } & { __typename: 'CancelJobSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  ChangePasswordResult:
    | ( ChangePasswordSuccess & { __typename: 'ChangePasswordSuccess' } )
    | ( CredentialsError & { __typename: 'CredentialsError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  CompletePhotoUploadsResult:
    | ( Omit<CompletePhotoUploadsSuccess, 'photoSet'> & { photoSet: _RefType['PhotoSet'] } & { __typename: 'CompletePhotoUploadsSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
  ;
  CreateApiKeyResult:
    | ( Omit<CreateApiKeySuccess, 'apiKey'> & { apiKey: _RefType['ApiKey'] } & { __typename: 'CreateApiKeySuccess' } )
    | ( LimitError & { __typename: 'LimitError' } )
    | ( RightsError & { __typename: 'RightsError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  CreateSubjectResult:
    | ( ConflictError & { __typename: 'ConflictError' } )
    | ( Omit<CreateSubjectSuccess, 'subject'> & { subject: _RefType['Subject'] } & { __typename: 'CreateSubjectSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  CreateTenantResult:
    | ( Omit<CreateTenantSuccess, 'tenant'> & { tenant: _RefType['Tenant'] } & { __typename: 'CreateTenantSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  DeleteAccountResult:
    | ( CredentialsError & { __typename: 'CredentialsError' } )
    | ( DeleteAccountSuccess & { __typename: 'DeleteAccountSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  DeleteAdapterResult:
    | ( DeleteAdapterSuccess & { __typename: 'DeleteAdapterSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
  ;
  DeleteGenerationResult:
    | ( DeleteGenerationSuccess & { __typename: 'DeleteGenerationSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  DeleteImageResult:
    | ( DeleteImageSuccess & { __typename: 'DeleteImageSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
  ;
  DeletePhotoSetResult:
    | ( DeletePhotoSetSuccess & { __typename: 'DeletePhotoSetSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  DeleteSubjectResult:
    | ( Omit<DeleteSubjectSuccess, 'receipt'> & { receipt: _RefType['DeletionReceipt'] } & { __typename: 'DeleteSubjectSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
  ;
  DeleteTenantResult:
    | ( DeleteTenantSuccess & { __typename: 'DeleteTenantSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( RightsError & { __typename: 'RightsError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  EstimateTrainingResult:
    | ( Omit<ConsentError, 'photoSet'> & { photoSet?: Maybe<_RefType['PhotoSet']> } & { __typename: 'ConsentError' } )
    | ( EstimateTrainingSuccess & { __typename: 'EstimateTrainingSuccess' } )
    | ( LimitError & { __typename: 'LimitError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  ExportAdapterResult:
    | ( Omit<ConsentError, 'photoSet'> & { photoSet?: Maybe<_RefType['PhotoSet']> } & { __typename: 'ConsentError' } )
    | ( ExportAdapterSuccess & { __typename: 'ExportAdapterSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  GenerateResult:
    | ( ConflictError & { __typename: 'ConflictError' } )
    | ( Omit<ConsentError, 'photoSet'> & { photoSet?: Maybe<_RefType['PhotoSet']> } & { __typename: 'ConsentError' } )
    | ( Omit<GenerateSuccess, 'generation'> & { generation: _RefType['Generation'] } & { __typename: 'GenerateSuccess' } )
    | ( LimitError & { __typename: 'LimitError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  ImportAdapterResult:
    | ( ConflictError & { __typename: 'ConflictError' } )
    | ( Omit<ConsentError, 'photoSet'> & { photoSet?: Maybe<_RefType['PhotoSet']> } & { __typename: 'ConsentError' } )
    | ( Omit<ImportAdapterSuccess, 'version'> & { version: _RefType['AdapterVersion'] } & { __typename: 'ImportAdapterSuccess' } )
    | ( LimitError & { __typename: 'LimitError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  InviteMemberResult:
    | ( ConflictError & { __typename: 'ConflictError' } )
    | ( Omit<InviteMemberSuccess, 'invitation'> & { invitation: _RefType['Invitation'] } & { __typename: 'InviteMemberSuccess' } )
    | ( RightsError & { __typename: 'RightsError' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  PromoteVersionResult:
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( Omit<PromoteVersionSuccess, 'alias'> & { alias: _RefType['Alias'] } & { __typename: 'PromoteVersionSuccess' } )
  ;
  RecordConsentResult:
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( Omit<RecordConsentSuccess, 'consent'> & { consent: _RefType['Consent'] } & { __typename: 'RecordConsentSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  RequestAdapterUploadResult:
    | ( LimitError & { __typename: 'LimitError' } )
    | ( RequestAdapterUploadSuccess & { __typename: 'RequestAdapterUploadSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  RequestPasswordResetResult: ( RequestPasswordResetSuccess & { __typename: 'RequestPasswordResetSuccess' } );
  RequestPhotoUploadsResult:
    | ( LimitError & { __typename: 'LimitError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( Omit<RequestPhotoUploadsSuccess, 'photoSet' | 'uploads'> & { photoSet: _RefType['PhotoSet'], uploads: Array<_RefType['PhotoUpload']> } & { __typename: 'RequestPhotoUploadsSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  ResetPasswordResult:
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( ResetPasswordSuccess & { __typename: 'ResetPasswordSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  RetryJobResult:
    | ( ConflictError & { __typename: 'ConflictError' } )
    | ( Omit<ConsentError, 'photoSet'> & { photoSet?: Maybe<_RefType['PhotoSet']> } & { __typename: 'ConsentError' } )
    | ( LimitError & { __typename: 'LimitError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( Omit<RetryJobSuccess, 'job'> & { job: _RefType['Job'] } & { __typename: 'RetryJobSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  RevokeApiKeyResult:
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( Omit<RevokeApiKeySuccess, 'apiKey'> & { apiKey: _RefType['ApiKey'] } & { __typename: 'RevokeApiKeySuccess' } )
    | ( RightsError & { __typename: 'RightsError' } )
  ;
  RevokeConsentResult:
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( Omit<RevokeConsentSuccess, 'consent'> & { consent: _RefType['Consent'] } & { __typename: 'RevokeConsentSuccess' } )
  ;
  RevokeInvitationResult:
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( Omit<RevokeInvitationSuccess, 'invitation'> & { invitation: _RefType['Invitation'] } & { __typename: 'RevokeInvitationSuccess' } )
    | ( RightsError & { __typename: 'RightsError' } )
  ;
  RotateApiKeyResult:
    | ( LimitError & { __typename: 'LimitError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( RightsError & { __typename: 'RightsError' } )
    | ( Omit<RotateApiKeySuccess, 'apiKey'> & { apiKey: _RefType['ApiKey'] } & { __typename: 'RotateApiKeySuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  SetAliasResult:
    | ( LimitError & { __typename: 'LimitError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( Omit<SetAliasSuccess, 'alias'> & { alias?: Maybe<_RefType['Alias']> } & { __typename: 'SetAliasSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  SetRoleResult:
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( RightsError & { __typename: 'RightsError' } )
    | ( Omit<SetRoleSuccess, 'apiKeys' | 'membership'> & { apiKeys?: Maybe<Array<_RefType['ApiKey']>>, membership?: Maybe<_RefType['Membership']> } & { __typename: 'SetRoleSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  SignInResult:
    | ( CredentialsError & { __typename: 'CredentialsError' } )
    | ( Omit<SignInSuccess, 'session' | 'user'> & { session: _RefType['Session'], user: _RefType['User'] } & { __typename: 'SignInSuccess' } )
  ;
  SignOutResult:
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( SignOutSuccess & { __typename: 'SignOutSuccess' } )
  ;
  SignUpResult:
    | ( ConflictError & { __typename: 'ConflictError' } )
    | ( Omit<SignUpSuccess, 'tenant' | 'user'> & { tenant?: Maybe<_RefType['Tenant']>, user: _RefType['User'] } & { __typename: 'SignUpSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  StartTrainingResult:
    | ( ConflictError & { __typename: 'ConflictError' } )
    | ( Omit<ConsentError, 'photoSet'> & { photoSet?: Maybe<_RefType['PhotoSet']> } & { __typename: 'ConsentError' } )
    | ( LimitError & { __typename: 'LimitError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( Omit<StartTrainingSuccess, 'job'> & { job: _RefType['TrainingJob'] } & { __typename: 'StartTrainingSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
  UpdateSubjectResult:
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( Omit<UpdateSubjectSuccess, 'subject'> & { subject: _RefType['Subject'] } & { __typename: 'UpdateSubjectSuccess' } )
    | ( ValidationError & { __typename: 'ValidationError' } )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Job:
    | ( JobRow )
    | ( JobRow )
  ;
  Node:
    | ( AdapterRow )
    | ( AdapterVersionRow )
    | ( ApiKeyRow )
    | ( AuditEntryRow )
    | ( BaseModelRow )
    | ( ConsentRow )
    | ( DeletionReceiptRow )
    | ( JobRow )
    | ( ImageRow )
    | ( InvitationRow )
    | ( JobEventRow )
    | ( MembershipRow )
    | ( PhotoRow )
    | ( PhotoSetRow )
    | ( SessionRow )
    | ( SubjectRow )
    | ( TenantRow )
    | ( JobRow )
    | ( UserRow )
  ;
  UserError:
    | ( ConflictError )
    | ( Omit<ConsentError, 'photoSet'> & { photoSet?: Maybe<_RefType['PhotoSet']> } )
    | ( CredentialsError )
    | ( LimitError )
    | ( NotFoundError )
    | ( RightsError )
    | ( ValidationError )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AcceptInviteInput: AcceptInviteInput;
  AcceptInviteResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['AcceptInviteResult']>;
  AcceptInviteSuccess: ResolverTypeWrapper<Omit<AcceptInviteSuccess, 'membership'> & { membership: ResolversTypes['Membership'] }>;
  Adapter: ResolverTypeWrapper<AdapterRow>;
  AdapterConnection: ResolverTypeWrapper<Omit<AdapterConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['AdapterEdge']>, nodes: Array<ResolversTypes['Adapter']> }>;
  AdapterEdge: ResolverTypeWrapper<Omit<AdapterEdge, 'node'> & { node: ResolversTypes['Adapter'] }>;
  AdapterFileInput: AdapterFileInput;
  AdapterFilter: AdapterFilter;
  AdapterFormat: AdapterFormat;
  AdapterHalves: AdapterHalves;
  AdapterUseInput: AdapterUseInput;
  AdapterVersion: ResolverTypeWrapper<AdapterVersionRow>;
  AdapterVersionConnection: ResolverTypeWrapper<Omit<AdapterVersionConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['AdapterVersionEdge']>, nodes: Array<ResolversTypes['AdapterVersion']> }>;
  AdapterVersionEdge: ResolverTypeWrapper<Omit<AdapterVersionEdge, 'node'> & { node: ResolversTypes['AdapterVersion'] }>;
  Alias: ResolverTypeWrapper<AliasRow>;
  ApiKey: ResolverTypeWrapper<ApiKeyRow>;
  ApiKeyConnection: ResolverTypeWrapper<Omit<ApiKeyConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['ApiKeyEdge']>, nodes: Array<ResolversTypes['ApiKey']> }>;
  ApiKeyEdge: ResolverTypeWrapper<Omit<ApiKeyEdge, 'node'> & { node: ResolversTypes['ApiKey'] }>;
  ApiKeyEnvironment: ApiKeyEnvironment;
  ApiKeyFilter: ApiKeyFilter;
  ApiKeyScope: ApiKeyScope;
  AttemptOutcome: AttemptOutcome;
  AuditEntry: ResolverTypeWrapper<AuditEntryRow>;
  AuditEntryConnection: ResolverTypeWrapper<Omit<AuditEntryConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['AuditEntryEdge']>, nodes: Array<ResolversTypes['AuditEntry']> }>;
  AuditEntryEdge: ResolverTypeWrapper<Omit<AuditEntryEdge, 'node'> & { node: ResolversTypes['AuditEntry'] }>;
  AuditFilter: AuditFilter;
  BaseModel: ResolverTypeWrapper<BaseModelRow>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CancelJobInput: CancelJobInput;
  CancelJobResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CancelJobResult']>;
  CancelJobSuccess: ResolverTypeWrapper<Omit<CancelJobSuccess, 'job'> & { job: ResolversTypes['Job'] }>;
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ChangePasswordResult']>;
  ChangePasswordSuccess: ResolverTypeWrapper<ChangePasswordSuccess>;
  Checkpoint: ResolverTypeWrapper<CheckpointRow>;
  CompletePhotoUploadsInput: CompletePhotoUploadsInput;
  CompletePhotoUploadsResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CompletePhotoUploadsResult']>;
  CompletePhotoUploadsSuccess: ResolverTypeWrapper<Omit<CompletePhotoUploadsSuccess, 'photoSet'> & { photoSet: ResolversTypes['PhotoSet'] }>;
  ConflictError: ResolverTypeWrapper<ConflictError>;
  Consent: ResolverTypeWrapper<ConsentRow>;
  ConsentConnection: ResolverTypeWrapper<Omit<ConsentConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['ConsentEdge']>, nodes: Array<ResolversTypes['Consent']> }>;
  ConsentEdge: ResolverTypeWrapper<Omit<ConsentEdge, 'node'> & { node: ResolversTypes['Consent'] }>;
  ConsentError: ResolverTypeWrapper<Omit<ConsentError, 'photoSet'> & { photoSet?: Maybe<ResolversTypes['PhotoSet']> }>;
  CreateApiKeyInput: CreateApiKeyInput;
  CreateApiKeyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateApiKeyResult']>;
  CreateApiKeySuccess: ResolverTypeWrapper<Omit<CreateApiKeySuccess, 'apiKey'> & { apiKey: ResolversTypes['ApiKey'] }>;
  CreateSubjectInput: CreateSubjectInput;
  CreateSubjectResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateSubjectResult']>;
  CreateSubjectSuccess: ResolverTypeWrapper<Omit<CreateSubjectSuccess, 'subject'> & { subject: ResolversTypes['Subject'] }>;
  CreateTenantInput: CreateTenantInput;
  CreateTenantResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateTenantResult']>;
  CreateTenantSuccess: ResolverTypeWrapper<Omit<CreateTenantSuccess, 'tenant'> & { tenant: ResolversTypes['Tenant'] }>;
  CredentialsError: ResolverTypeWrapper<CredentialsError>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeleteAccountInput: DeleteAccountInput;
  DeleteAccountResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeleteAccountResult']>;
  DeleteAccountSuccess: ResolverTypeWrapper<DeleteAccountSuccess>;
  DeleteAdapterInput: DeleteAdapterInput;
  DeleteAdapterResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeleteAdapterResult']>;
  DeleteAdapterSuccess: ResolverTypeWrapper<DeleteAdapterSuccess>;
  DeleteGenerationInput: DeleteGenerationInput;
  DeleteGenerationResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeleteGenerationResult']>;
  DeleteGenerationSuccess: ResolverTypeWrapper<DeleteGenerationSuccess>;
  DeleteImageInput: DeleteImageInput;
  DeleteImageResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeleteImageResult']>;
  DeleteImageSuccess: ResolverTypeWrapper<DeleteImageSuccess>;
  DeletePhotoSetInput: DeletePhotoSetInput;
  DeletePhotoSetResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeletePhotoSetResult']>;
  DeletePhotoSetSuccess: ResolverTypeWrapper<DeletePhotoSetSuccess>;
  DeleteSubjectInput: DeleteSubjectInput;
  DeleteSubjectResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeleteSubjectResult']>;
  DeleteSubjectSuccess: ResolverTypeWrapper<Omit<DeleteSubjectSuccess, 'receipt'> & { receipt: ResolversTypes['DeletionReceipt'] }>;
  DeleteTenantInput: DeleteTenantInput;
  DeleteTenantResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeleteTenantResult']>;
  DeleteTenantSuccess: ResolverTypeWrapper<DeleteTenantSuccess>;
  DeletionReceipt: ResolverTypeWrapper<DeletionReceiptRow>;
  DeletionReceiptConnection: ResolverTypeWrapper<Omit<DeletionReceiptConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['DeletionReceiptEdge']>, nodes: Array<ResolversTypes['DeletionReceipt']> }>;
  DeletionReceiptEdge: ResolverTypeWrapper<Omit<DeletionReceiptEdge, 'node'> & { node: ResolversTypes['DeletionReceipt'] }>;
  EstimateTrainingInput: EstimateTrainingInput;
  EstimateTrainingResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['EstimateTrainingResult']>;
  EstimateTrainingSuccess: ResolverTypeWrapper<EstimateTrainingSuccess>;
  ExportAdapterInput: ExportAdapterInput;
  ExportAdapterResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ExportAdapterResult']>;
  ExportAdapterSuccess: ResolverTypeWrapper<ExportAdapterSuccess>;
  FileLink: ResolverTypeWrapper<FileLink>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  FormField: ResolverTypeWrapper<FormField>;
  GenerateInput: GenerateInput;
  GenerateResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['GenerateResult']>;
  GenerateSuccess: ResolverTypeWrapper<Omit<GenerateSuccess, 'generation'> & { generation: ResolversTypes['Generation'] }>;
  Generation: ResolverTypeWrapper<JobRow>;
  GenerationConnection: ResolverTypeWrapper<Omit<GenerationConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['GenerationEdge']>, nodes: Array<ResolversTypes['Generation']> }>;
  GenerationEdge: ResolverTypeWrapper<Omit<GenerationEdge, 'node'> & { node: ResolversTypes['Generation'] }>;
  GenerationFilter: GenerationFilter;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Image: ResolverTypeWrapper<ImageRow>;
  ImageConnection: ResolverTypeWrapper<Omit<ImageConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['ImageEdge']>, nodes: Array<ResolversTypes['Image']> }>;
  ImageEdge: ResolverTypeWrapper<Omit<ImageEdge, 'node'> & { node: ResolversTypes['Image'] }>;
  ImageFilter: ImageFilter;
  ImageInput: ImageInput;
  ImageRequest: ResolverTypeWrapper<ImageRequestRow>;
  ImportAdapterInput: ImportAdapterInput;
  ImportAdapterResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ImportAdapterResult']>;
  ImportAdapterSuccess: ResolverTypeWrapper<Omit<ImportAdapterSuccess, 'version'> & { version: ResolversTypes['AdapterVersion'] }>;
  InitImage: ResolverTypeWrapper<InitImageRow>;
  InitImageInput: InitImageInput;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Invitation: ResolverTypeWrapper<InvitationRow>;
  InvitationConnection: ResolverTypeWrapper<Omit<InvitationConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['InvitationEdge']>, nodes: Array<ResolversTypes['Invitation']> }>;
  InvitationEdge: ResolverTypeWrapper<Omit<InvitationEdge, 'node'> & { node: ResolversTypes['Invitation'] }>;
  InviteMemberInput: InviteMemberInput;
  InviteMemberResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['InviteMemberResult']>;
  InviteMemberSuccess: ResolverTypeWrapper<Omit<InviteMemberSuccess, 'invitation'> & { invitation: ResolversTypes['Invitation'] }>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Job: ResolverTypeWrapper<JobRow>;
  JobAttempt: ResolverTypeWrapper<JobAttemptRow>;
  JobEvent: ResolverTypeWrapper<JobEventRow>;
  JobEventConnection: ResolverTypeWrapper<Omit<JobEventConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['JobEventEdge']>, nodes: Array<ResolversTypes['JobEvent']> }>;
  JobEventEdge: ResolverTypeWrapper<Omit<JobEventEdge, 'node'> & { node: ResolversTypes['JobEvent'] }>;
  JobEventType: JobEventType;
  JobKind: JobKind;
  JobState: JobState;
  JobWait: JobWait;
  LimitError: ResolverTypeWrapper<LimitError>;
  Limits: ResolverTypeWrapper<Limits>;
  ListOrder: ListOrder;
  LongPrompt: LongPrompt;
  Membership: ResolverTypeWrapper<MembershipRow>;
  MembershipConnection: ResolverTypeWrapper<Omit<MembershipConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['MembershipEdge']>, nodes: Array<ResolversTypes['Membership']> }>;
  MembershipEdge: ResolverTypeWrapper<Omit<MembershipEdge, 'node'> & { node: ResolversTypes['Membership'] }>;
  Method: ResolverTypeWrapper<Method>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  NotFoundError: ResolverTypeWrapper<NotFoundError>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Photo: ResolverTypeWrapper<PhotoRow>;
  PhotoCaptionInput: PhotoCaptionInput;
  PhotoCrop: PhotoCrop;
  PhotoFileInput: PhotoFileInput;
  PhotoSet: ResolverTypeWrapper<PhotoSetRow>;
  PhotoSetConnection: ResolverTypeWrapper<Omit<PhotoSetConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['PhotoSetEdge']>, nodes: Array<ResolversTypes['PhotoSet']> }>;
  PhotoSetEdge: ResolverTypeWrapper<Omit<PhotoSetEdge, 'node'> & { node: ResolversTypes['PhotoSet'] }>;
  PhotoSetState: PhotoSetState;
  PhotoState: PhotoState;
  PhotoUpload: ResolverTypeWrapper<Omit<PhotoUpload, 'photo'> & { photo: ResolversTypes['Photo'] }>;
  PhotoVerdict: PhotoVerdict;
  Progress: ResolverTypeWrapper<Progress>;
  PromoteVersionInput: PromoteVersionInput;
  PromoteVersionResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['PromoteVersionResult']>;
  PromoteVersionSuccess: ResolverTypeWrapper<Omit<PromoteVersionSuccess, 'alias'> & { alias: ResolversTypes['Alias'] }>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RecordConsentInput: RecordConsentInput;
  RecordConsentResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RecordConsentResult']>;
  RecordConsentSuccess: ResolverTypeWrapper<Omit<RecordConsentSuccess, 'consent'> & { consent: ResolversTypes['Consent'] }>;
  RequestAdapterUploadInput: RequestAdapterUploadInput;
  RequestAdapterUploadResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RequestAdapterUploadResult']>;
  RequestAdapterUploadSuccess: ResolverTypeWrapper<RequestAdapterUploadSuccess>;
  RequestPasswordResetInput: RequestPasswordResetInput;
  RequestPasswordResetResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RequestPasswordResetResult']>;
  RequestPasswordResetSuccess: ResolverTypeWrapper<RequestPasswordResetSuccess>;
  RequestPhotoUploadsInput: RequestPhotoUploadsInput;
  RequestPhotoUploadsResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RequestPhotoUploadsResult']>;
  RequestPhotoUploadsSuccess: ResolverTypeWrapper<Omit<RequestPhotoUploadsSuccess, 'photoSet' | 'uploads'> & { photoSet: ResolversTypes['PhotoSet'], uploads: Array<ResolversTypes['PhotoUpload']> }>;
  ResetPasswordInput: ResetPasswordInput;
  ResetPasswordResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ResetPasswordResult']>;
  ResetPasswordSuccess: ResolverTypeWrapper<ResetPasswordSuccess>;
  RetryJobInput: RetryJobInput;
  RetryJobResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RetryJobResult']>;
  RetryJobSuccess: ResolverTypeWrapper<Omit<RetryJobSuccess, 'job'> & { job: ResolversTypes['Job'] }>;
  RevokeApiKeyInput: RevokeApiKeyInput;
  RevokeApiKeyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RevokeApiKeyResult']>;
  RevokeApiKeySuccess: ResolverTypeWrapper<Omit<RevokeApiKeySuccess, 'apiKey'> & { apiKey: ResolversTypes['ApiKey'] }>;
  RevokeConsentInput: RevokeConsentInput;
  RevokeConsentResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RevokeConsentResult']>;
  RevokeConsentSuccess: ResolverTypeWrapper<Omit<RevokeConsentSuccess, 'consent'> & { consent: ResolversTypes['Consent'] }>;
  RevokeInvitationInput: RevokeInvitationInput;
  RevokeInvitationResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RevokeInvitationResult']>;
  RevokeInvitationSuccess: ResolverTypeWrapper<Omit<RevokeInvitationSuccess, 'invitation'> & { invitation: ResolversTypes['Invitation'] }>;
  RightsError: ResolverTypeWrapper<RightsError>;
  Role: Role;
  RotateApiKeyInput: RotateApiKeyInput;
  RotateApiKeyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RotateApiKeyResult']>;
  RotateApiKeySuccess: ResolverTypeWrapper<Omit<RotateApiKeySuccess, 'apiKey'> & { apiKey: ResolversTypes['ApiKey'] }>;
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>;
  Service: ResolverTypeWrapper<Service>;
  Session: ResolverTypeWrapper<SessionRow>;
  SetAliasInput: SetAliasInput;
  SetAliasResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetAliasResult']>;
  SetAliasSuccess: ResolverTypeWrapper<Omit<SetAliasSuccess, 'alias'> & { alias?: Maybe<ResolversTypes['Alias']> }>;
  SetRoleInput: SetRoleInput;
  SetRoleResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetRoleResult']>;
  SetRoleSuccess: ResolverTypeWrapper<Omit<SetRoleSuccess, 'apiKeys' | 'membership'> & { apiKeys?: Maybe<Array<ResolversTypes['ApiKey']>>, membership?: Maybe<ResolversTypes['Membership']> }>;
  SignInInput: SignInInput;
  SignInResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SignInResult']>;
  SignInSuccess: ResolverTypeWrapper<Omit<SignInSuccess, 'session' | 'user'> & { session: ResolversTypes['Session'], user: ResolversTypes['User'] }>;
  SignOutInput: SignOutInput;
  SignOutResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SignOutResult']>;
  SignOutSuccess: ResolverTypeWrapper<SignOutSuccess>;
  SignUpInput: SignUpInput;
  SignUpResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SignUpResult']>;
  SignUpSuccess: ResolverTypeWrapper<Omit<SignUpSuccess, 'tenant' | 'user'> & { tenant?: Maybe<ResolversTypes['Tenant']>, user: ResolversTypes['User'] }>;
  StartTrainingInput: StartTrainingInput;
  StartTrainingResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['StartTrainingResult']>;
  StartTrainingSuccess: ResolverTypeWrapper<Omit<StartTrainingSuccess, 'job'> & { job: ResolversTypes['TrainingJob'] }>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subject: ResolverTypeWrapper<SubjectRow>;
  SubjectConnection: ResolverTypeWrapper<Omit<SubjectConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['SubjectEdge']>, nodes: Array<ResolversTypes['Subject']> }>;
  SubjectEdge: ResolverTypeWrapper<Omit<SubjectEdge, 'node'> & { node: ResolversTypes['Subject'] }>;
  SubjectFilter: SubjectFilter;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Tenant: ResolverTypeWrapper<TenantRow>;
  TenantDeletion: ResolverTypeWrapper<TenantDeletion>;
  TrainingEstimate: ResolverTypeWrapper<TrainingEstimate>;
  TrainingJob: ResolverTypeWrapper<JobRow>;
  TrainingJobConnection: ResolverTypeWrapper<Omit<TrainingJobConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['TrainingJobEdge']>, nodes: Array<ResolversTypes['TrainingJob']> }>;
  TrainingJobEdge: ResolverTypeWrapper<Omit<TrainingJobEdge, 'node'> & { node: ResolversTypes['TrainingJob'] }>;
  TrainingJobFilter: TrainingJobFilter;
  TrainingMetric: ResolverTypeWrapper<TrainingMetric>;
  TrainingSettings: ResolverTypeWrapper<TrainingSettings>;
  UpdateSubjectInput: UpdateSubjectInput;
  UpdateSubjectResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UpdateSubjectResult']>;
  UpdateSubjectSuccess: ResolverTypeWrapper<Omit<UpdateSubjectSuccess, 'subject'> & { subject: ResolversTypes['Subject'] }>;
  UploadForm: ResolverTypeWrapper<UploadForm>;
  User: ResolverTypeWrapper<UserRow>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
  UserErrorCode: UserErrorCode;
  ValidationError: ResolverTypeWrapper<ValidationError>;
  Warning: ResolverTypeWrapper<Warning>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AcceptInviteInput: AcceptInviteInput;
  AcceptInviteResult: ResolversUnionTypes<ResolversParentTypes>['AcceptInviteResult'];
  AcceptInviteSuccess: Omit<AcceptInviteSuccess, 'membership'> & { membership: ResolversParentTypes['Membership'] };
  Adapter: AdapterRow;
  AdapterConnection: Omit<AdapterConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['AdapterEdge']>, nodes: Array<ResolversParentTypes['Adapter']> };
  AdapterEdge: Omit<AdapterEdge, 'node'> & { node: ResolversParentTypes['Adapter'] };
  AdapterFileInput: AdapterFileInput;
  AdapterFilter: AdapterFilter;
  AdapterUseInput: AdapterUseInput;
  AdapterVersion: AdapterVersionRow;
  AdapterVersionConnection: Omit<AdapterVersionConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['AdapterVersionEdge']>, nodes: Array<ResolversParentTypes['AdapterVersion']> };
  AdapterVersionEdge: Omit<AdapterVersionEdge, 'node'> & { node: ResolversParentTypes['AdapterVersion'] };
  Alias: AliasRow;
  ApiKey: ApiKeyRow;
  ApiKeyConnection: Omit<ApiKeyConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['ApiKeyEdge']>, nodes: Array<ResolversParentTypes['ApiKey']> };
  ApiKeyEdge: Omit<ApiKeyEdge, 'node'> & { node: ResolversParentTypes['ApiKey'] };
  ApiKeyFilter: ApiKeyFilter;
  AuditEntry: AuditEntryRow;
  AuditEntryConnection: Omit<AuditEntryConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['AuditEntryEdge']>, nodes: Array<ResolversParentTypes['AuditEntry']> };
  AuditEntryEdge: Omit<AuditEntryEdge, 'node'> & { node: ResolversParentTypes['AuditEntry'] };
  AuditFilter: AuditFilter;
  BaseModel: BaseModelRow;
  Boolean: Scalars['Boolean']['output'];
  CancelJobInput: CancelJobInput;
  CancelJobResult: ResolversUnionTypes<ResolversParentTypes>['CancelJobResult'];
  CancelJobSuccess: Omit<CancelJobSuccess, 'job'> & { job: ResolversParentTypes['Job'] };
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordResult: ResolversUnionTypes<ResolversParentTypes>['ChangePasswordResult'];
  ChangePasswordSuccess: ChangePasswordSuccess;
  Checkpoint: CheckpointRow;
  CompletePhotoUploadsInput: CompletePhotoUploadsInput;
  CompletePhotoUploadsResult: ResolversUnionTypes<ResolversParentTypes>['CompletePhotoUploadsResult'];
  CompletePhotoUploadsSuccess: Omit<CompletePhotoUploadsSuccess, 'photoSet'> & { photoSet: ResolversParentTypes['PhotoSet'] };
  ConflictError: ConflictError;
  Consent: ConsentRow;
  ConsentConnection: Omit<ConsentConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['ConsentEdge']>, nodes: Array<ResolversParentTypes['Consent']> };
  ConsentEdge: Omit<ConsentEdge, 'node'> & { node: ResolversParentTypes['Consent'] };
  ConsentError: Omit<ConsentError, 'photoSet'> & { photoSet?: Maybe<ResolversParentTypes['PhotoSet']> };
  CreateApiKeyInput: CreateApiKeyInput;
  CreateApiKeyResult: ResolversUnionTypes<ResolversParentTypes>['CreateApiKeyResult'];
  CreateApiKeySuccess: Omit<CreateApiKeySuccess, 'apiKey'> & { apiKey: ResolversParentTypes['ApiKey'] };
  CreateSubjectInput: CreateSubjectInput;
  CreateSubjectResult: ResolversUnionTypes<ResolversParentTypes>['CreateSubjectResult'];
  CreateSubjectSuccess: Omit<CreateSubjectSuccess, 'subject'> & { subject: ResolversParentTypes['Subject'] };
  CreateTenantInput: CreateTenantInput;
  CreateTenantResult: ResolversUnionTypes<ResolversParentTypes>['CreateTenantResult'];
  CreateTenantSuccess: Omit<CreateTenantSuccess, 'tenant'> & { tenant: ResolversParentTypes['Tenant'] };
  CredentialsError: CredentialsError;
  DateTime: Scalars['DateTime']['output'];
  DeleteAccountInput: DeleteAccountInput;
  DeleteAccountResult: ResolversUnionTypes<ResolversParentTypes>['DeleteAccountResult'];
  DeleteAccountSuccess: DeleteAccountSuccess;
  DeleteAdapterInput: DeleteAdapterInput;
  DeleteAdapterResult: ResolversUnionTypes<ResolversParentTypes>['DeleteAdapterResult'];
  DeleteAdapterSuccess: DeleteAdapterSuccess;
  DeleteGenerationInput: DeleteGenerationInput;
  DeleteGenerationResult: ResolversUnionTypes<ResolversParentTypes>['DeleteGenerationResult'];
  DeleteGenerationSuccess: DeleteGenerationSuccess;
  DeleteImageInput: DeleteImageInput;
  DeleteImageResult: ResolversUnionTypes<ResolversParentTypes>['DeleteImageResult'];
  DeleteImageSuccess: DeleteImageSuccess;
  DeletePhotoSetInput: DeletePhotoSetInput;
  DeletePhotoSetResult: ResolversUnionTypes<ResolversParentTypes>['DeletePhotoSetResult'];
  DeletePhotoSetSuccess: DeletePhotoSetSuccess;
  DeleteSubjectInput: DeleteSubjectInput;
  DeleteSubjectResult: ResolversUnionTypes<ResolversParentTypes>['DeleteSubjectResult'];
  DeleteSubjectSuccess: Omit<DeleteSubjectSuccess, 'receipt'> & { receipt: ResolversParentTypes['DeletionReceipt'] };
  DeleteTenantInput: DeleteTenantInput;
  DeleteTenantResult: ResolversUnionTypes<ResolversParentTypes>['DeleteTenantResult'];
  DeleteTenantSuccess: DeleteTenantSuccess;
  DeletionReceipt: DeletionReceiptRow;
  DeletionReceiptConnection: Omit<DeletionReceiptConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['DeletionReceiptEdge']>, nodes: Array<ResolversParentTypes['DeletionReceipt']> };
  DeletionReceiptEdge: Omit<DeletionReceiptEdge, 'node'> & { node: ResolversParentTypes['DeletionReceipt'] };
  EstimateTrainingInput: EstimateTrainingInput;
  EstimateTrainingResult: ResolversUnionTypes<ResolversParentTypes>['EstimateTrainingResult'];
  EstimateTrainingSuccess: EstimateTrainingSuccess;
  ExportAdapterInput: ExportAdapterInput;
  ExportAdapterResult: ResolversUnionTypes<ResolversParentTypes>['ExportAdapterResult'];
  ExportAdapterSuccess: ExportAdapterSuccess;
  FileLink: FileLink;
  Float: Scalars['Float']['output'];
  FormField: FormField;
  GenerateInput: GenerateInput;
  GenerateResult: ResolversUnionTypes<ResolversParentTypes>['GenerateResult'];
  GenerateSuccess: Omit<GenerateSuccess, 'generation'> & { generation: ResolversParentTypes['Generation'] };
  Generation: JobRow;
  GenerationConnection: Omit<GenerationConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['GenerationEdge']>, nodes: Array<ResolversParentTypes['Generation']> };
  GenerationEdge: Omit<GenerationEdge, 'node'> & { node: ResolversParentTypes['Generation'] };
  GenerationFilter: GenerationFilter;
  ID: Scalars['ID']['output'];
  Image: ImageRow;
  ImageConnection: Omit<ImageConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['ImageEdge']>, nodes: Array<ResolversParentTypes['Image']> };
  ImageEdge: Omit<ImageEdge, 'node'> & { node: ResolversParentTypes['Image'] };
  ImageFilter: ImageFilter;
  ImageInput: ImageInput;
  ImageRequest: ImageRequestRow;
  ImportAdapterInput: ImportAdapterInput;
  ImportAdapterResult: ResolversUnionTypes<ResolversParentTypes>['ImportAdapterResult'];
  ImportAdapterSuccess: Omit<ImportAdapterSuccess, 'version'> & { version: ResolversParentTypes['AdapterVersion'] };
  InitImage: InitImageRow;
  InitImageInput: InitImageInput;
  Int: Scalars['Int']['output'];
  Invitation: InvitationRow;
  InvitationConnection: Omit<InvitationConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['InvitationEdge']>, nodes: Array<ResolversParentTypes['Invitation']> };
  InvitationEdge: Omit<InvitationEdge, 'node'> & { node: ResolversParentTypes['Invitation'] };
  InviteMemberInput: InviteMemberInput;
  InviteMemberResult: ResolversUnionTypes<ResolversParentTypes>['InviteMemberResult'];
  InviteMemberSuccess: Omit<InviteMemberSuccess, 'invitation'> & { invitation: ResolversParentTypes['Invitation'] };
  JSON: Scalars['JSON']['output'];
  Job: JobRow;
  JobAttempt: JobAttemptRow;
  JobEvent: JobEventRow;
  JobEventConnection: Omit<JobEventConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['JobEventEdge']>, nodes: Array<ResolversParentTypes['JobEvent']> };
  JobEventEdge: Omit<JobEventEdge, 'node'> & { node: ResolversParentTypes['JobEvent'] };
  LimitError: LimitError;
  Limits: Limits;
  Membership: MembershipRow;
  MembershipConnection: Omit<MembershipConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['MembershipEdge']>, nodes: Array<ResolversParentTypes['Membership']> };
  MembershipEdge: Omit<MembershipEdge, 'node'> & { node: ResolversParentTypes['Membership'] };
  Method: Method;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  NotFoundError: NotFoundError;
  PageInfo: PageInfo;
  Photo: PhotoRow;
  PhotoCaptionInput: PhotoCaptionInput;
  PhotoFileInput: PhotoFileInput;
  PhotoSet: PhotoSetRow;
  PhotoSetConnection: Omit<PhotoSetConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['PhotoSetEdge']>, nodes: Array<ResolversParentTypes['PhotoSet']> };
  PhotoSetEdge: Omit<PhotoSetEdge, 'node'> & { node: ResolversParentTypes['PhotoSet'] };
  PhotoUpload: Omit<PhotoUpload, 'photo'> & { photo: ResolversParentTypes['Photo'] };
  Progress: Progress;
  PromoteVersionInput: PromoteVersionInput;
  PromoteVersionResult: ResolversUnionTypes<ResolversParentTypes>['PromoteVersionResult'];
  PromoteVersionSuccess: Omit<PromoteVersionSuccess, 'alias'> & { alias: ResolversParentTypes['Alias'] };
  Query: Record<PropertyKey, never>;
  RecordConsentInput: RecordConsentInput;
  RecordConsentResult: ResolversUnionTypes<ResolversParentTypes>['RecordConsentResult'];
  RecordConsentSuccess: Omit<RecordConsentSuccess, 'consent'> & { consent: ResolversParentTypes['Consent'] };
  RequestAdapterUploadInput: RequestAdapterUploadInput;
  RequestAdapterUploadResult: ResolversUnionTypes<ResolversParentTypes>['RequestAdapterUploadResult'];
  RequestAdapterUploadSuccess: RequestAdapterUploadSuccess;
  RequestPasswordResetInput: RequestPasswordResetInput;
  RequestPasswordResetResult: ResolversUnionTypes<ResolversParentTypes>['RequestPasswordResetResult'];
  RequestPasswordResetSuccess: RequestPasswordResetSuccess;
  RequestPhotoUploadsInput: RequestPhotoUploadsInput;
  RequestPhotoUploadsResult: ResolversUnionTypes<ResolversParentTypes>['RequestPhotoUploadsResult'];
  RequestPhotoUploadsSuccess: Omit<RequestPhotoUploadsSuccess, 'photoSet' | 'uploads'> & { photoSet: ResolversParentTypes['PhotoSet'], uploads: Array<ResolversParentTypes['PhotoUpload']> };
  ResetPasswordInput: ResetPasswordInput;
  ResetPasswordResult: ResolversUnionTypes<ResolversParentTypes>['ResetPasswordResult'];
  ResetPasswordSuccess: ResetPasswordSuccess;
  RetryJobInput: RetryJobInput;
  RetryJobResult: ResolversUnionTypes<ResolversParentTypes>['RetryJobResult'];
  RetryJobSuccess: Omit<RetryJobSuccess, 'job'> & { job: ResolversParentTypes['Job'] };
  RevokeApiKeyInput: RevokeApiKeyInput;
  RevokeApiKeyResult: ResolversUnionTypes<ResolversParentTypes>['RevokeApiKeyResult'];
  RevokeApiKeySuccess: Omit<RevokeApiKeySuccess, 'apiKey'> & { apiKey: ResolversParentTypes['ApiKey'] };
  RevokeConsentInput: RevokeConsentInput;
  RevokeConsentResult: ResolversUnionTypes<ResolversParentTypes>['RevokeConsentResult'];
  RevokeConsentSuccess: Omit<RevokeConsentSuccess, 'consent'> & { consent: ResolversParentTypes['Consent'] };
  RevokeInvitationInput: RevokeInvitationInput;
  RevokeInvitationResult: ResolversUnionTypes<ResolversParentTypes>['RevokeInvitationResult'];
  RevokeInvitationSuccess: Omit<RevokeInvitationSuccess, 'invitation'> & { invitation: ResolversParentTypes['Invitation'] };
  RightsError: RightsError;
  RotateApiKeyInput: RotateApiKeyInput;
  RotateApiKeyResult: ResolversUnionTypes<ResolversParentTypes>['RotateApiKeyResult'];
  RotateApiKeySuccess: Omit<RotateApiKeySuccess, 'apiKey'> & { apiKey: ResolversParentTypes['ApiKey'] };
  SafeInt: Scalars['SafeInt']['output'];
  Service: Service;
  Session: SessionRow;
  SetAliasInput: SetAliasInput;
  SetAliasResult: ResolversUnionTypes<ResolversParentTypes>['SetAliasResult'];
  SetAliasSuccess: Omit<SetAliasSuccess, 'alias'> & { alias?: Maybe<ResolversParentTypes['Alias']> };
  SetRoleInput: SetRoleInput;
  SetRoleResult: ResolversUnionTypes<ResolversParentTypes>['SetRoleResult'];
  SetRoleSuccess: Omit<SetRoleSuccess, 'apiKeys' | 'membership'> & { apiKeys?: Maybe<Array<ResolversParentTypes['ApiKey']>>, membership?: Maybe<ResolversParentTypes['Membership']> };
  SignInInput: SignInInput;
  SignInResult: ResolversUnionTypes<ResolversParentTypes>['SignInResult'];
  SignInSuccess: Omit<SignInSuccess, 'session' | 'user'> & { session: ResolversParentTypes['Session'], user: ResolversParentTypes['User'] };
  SignOutInput: SignOutInput;
  SignOutResult: ResolversUnionTypes<ResolversParentTypes>['SignOutResult'];
  SignOutSuccess: SignOutSuccess;
  SignUpInput: SignUpInput;
  SignUpResult: ResolversUnionTypes<ResolversParentTypes>['SignUpResult'];
  SignUpSuccess: Omit<SignUpSuccess, 'tenant' | 'user'> & { tenant?: Maybe<ResolversParentTypes['Tenant']>, user: ResolversParentTypes['User'] };
  StartTrainingInput: StartTrainingInput;
  StartTrainingResult: ResolversUnionTypes<ResolversParentTypes>['StartTrainingResult'];
  StartTrainingSuccess: Omit<StartTrainingSuccess, 'job'> & { job: ResolversParentTypes['TrainingJob'] };
  String: Scalars['String']['output'];
  Subject: SubjectRow;
  SubjectConnection: Omit<SubjectConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['SubjectEdge']>, nodes: Array<ResolversParentTypes['Subject']> };
  SubjectEdge: Omit<SubjectEdge, 'node'> & { node: ResolversParentTypes['Subject'] };
  SubjectFilter: SubjectFilter;
  Subscription: Record<PropertyKey, never>;
  Tenant: TenantRow;
  TenantDeletion: TenantDeletion;
  TrainingEstimate: TrainingEstimate;
  TrainingJob: JobRow;
  TrainingJobConnection: Omit<TrainingJobConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['TrainingJobEdge']>, nodes: Array<ResolversParentTypes['TrainingJob']> };
  TrainingJobEdge: Omit<TrainingJobEdge, 'node'> & { node: ResolversParentTypes['TrainingJob'] };
  TrainingJobFilter: TrainingJobFilter;
  TrainingMetric: TrainingMetric;
  TrainingSettings: TrainingSettings;
  UpdateSubjectInput: UpdateSubjectInput;
  UpdateSubjectResult: ResolversUnionTypes<ResolversParentTypes>['UpdateSubjectResult'];
  UpdateSubjectSuccess: Omit<UpdateSubjectSuccess, 'subject'> & { subject: ResolversParentTypes['Subject'] };
  UploadForm: UploadForm;
  User: UserRow;
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
  ValidationError: ValidationError;
  Warning: Warning;
};

export type ListSizeDirectiveArgs = {
  assumedSize: Scalars['Int']['input'];
};

export type ListSizeDirectiveResolver<Result, Parent, ContextType = Context, Args = ListSizeDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AcceptInviteResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AcceptInviteResult'] = ResolversParentTypes['AcceptInviteResult']> = {
  __resolveType: TypeResolveFn<'AcceptInviteSuccess' | 'ConflictError' | 'NotFoundError', ParentType, ContextType>;
};

export type AcceptInviteSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AcceptInviteSuccess'] = ResolversParentTypes['AcceptInviteSuccess']> = {
  membership?: Resolver<ResolversTypes['Membership'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AdapterResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Adapter'] = ResolversParentTypes['Adapter']> = {
  aliases?: Resolver<Array<ResolversTypes['Alias']>, ParentType, ContextType>;
  baseModel?: Resolver<ResolversTypes['BaseModel'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  method?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  phrase?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['Subject']>, ParentType, ContextType>;
  versions?: Resolver<ResolversTypes['AdapterVersionConnection'], ParentType, ContextType, RequireFields<AdapterVersionsArgs, 'first'>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AdapterConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AdapterConnection'] = ResolversParentTypes['AdapterConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AdapterEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Adapter']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AdapterEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AdapterEdge'] = ResolversParentTypes['AdapterEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Adapter'], ParentType, ContextType>;
};

export type AdapterVersionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AdapterVersion'] = ResolversParentTypes['AdapterVersion']> = {
  adapter?: Resolver<ResolversTypes['Adapter'], ParentType, ContextType>;
  bytes?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  format?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  manifest?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  phrase?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  trainingJob?: Resolver<Maybe<ResolversTypes['TrainingJob']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AdapterVersionConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AdapterVersionConnection'] = ResolversParentTypes['AdapterVersionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AdapterVersionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['AdapterVersion']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AdapterVersionEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AdapterVersionEdge'] = ResolversParentTypes['AdapterVersionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AdapterVersion'], ParentType, ContextType>;
};

export type AliasResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Alias'] = ResolversParentTypes['Alias']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['AdapterVersion'], ParentType, ContextType>;
};

export type ApiKeyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiKey'] = ResolversParentTypes['ApiKey']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  createdBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  environment?: Resolver<ResolversTypes['ApiKeyEnvironment'], ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastUsedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  prefix?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  revokedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  scopes?: Resolver<Array<ResolversTypes['ApiKeyScope']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ApiKeyConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiKeyConnection'] = ResolversParentTypes['ApiKeyConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ApiKeyEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ApiKeyEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiKeyEdge'] = ResolversParentTypes['ApiKeyEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ApiKey'], ParentType, ContextType>;
};

export type AuditEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEntry'] = ResolversParentTypes['AuditEntry']> = {
  action?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  detail?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  target?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AuditEntryConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEntryConnection'] = ResolversParentTypes['AuditEntryConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AuditEntryEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['AuditEntry']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AuditEntryEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEntryEdge'] = ResolversParentTypes['AuditEntryEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AuditEntry'], ParentType, ContextType>;
};

export type BaseModelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BaseModel'] = ResolversParentTypes['BaseModel']> = {
  family?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  fingerprint?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  maxPixels?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  parameters?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sizeStep?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CancelJobResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CancelJobResult'] = ResolversParentTypes['CancelJobResult']> = {
  __resolveType: TypeResolveFn<'CancelJobSuccess' | 'NotFoundError' | 'ValidationError', ParentType, ContextType>;
};

export type CancelJobSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CancelJobSuccess'] = ResolversParentTypes['CancelJobSuccess']> = {
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ChangePasswordResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ChangePasswordResult'] = ResolversParentTypes['ChangePasswordResult']> = {
  __resolveType: TypeResolveFn<'ChangePasswordSuccess' | 'CredentialsError' | 'ValidationError', ParentType, ContextType>;
};

export type ChangePasswordSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ChangePasswordSuccess'] = ResolversParentTypes['ChangePasswordSuccess']> = {
  ended?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CheckpointResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Checkpoint'] = ResolversParentTypes['Checkpoint']> = {
  attempt?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bytes?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  step?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CompletePhotoUploadsResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CompletePhotoUploadsResult'] = ResolversParentTypes['CompletePhotoUploadsResult']> = {
  __resolveType: TypeResolveFn<'CompletePhotoUploadsSuccess' | 'NotFoundError', ParentType, ContextType>;
};

export type CompletePhotoUploadsSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CompletePhotoUploadsSuccess'] = ResolversParentTypes['CompletePhotoUploadsSuccess']> = {
  accepted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  photoSet?: Resolver<ResolversTypes['PhotoSet'], ParentType, ContextType>;
  rejected?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConflictErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConflictError'] = ResolversParentTypes['ConflictError']> = {
  code?: Resolver<ResolversTypes['UserErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConsentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Consent'] = ResolversParentTypes['Consent']> = {
  grantedBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  photoSet?: Resolver<ResolversTypes['PhotoSet'], ParentType, ContextType>;
  recordedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  recordedBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  revokedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  statement?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConsentConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConsentConnection'] = ResolversParentTypes['ConsentConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ConsentEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Consent']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ConsentEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConsentEdge'] = ResolversParentTypes['ConsentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Consent'], ParentType, ContextType>;
};

export type ConsentErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConsentError'] = ResolversParentTypes['ConsentError']> = {
  code?: Resolver<ResolversTypes['UserErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  photoSet?: Resolver<Maybe<ResolversTypes['PhotoSet']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreateApiKeyResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateApiKeyResult'] = ResolversParentTypes['CreateApiKeyResult']> = {
  __resolveType: TypeResolveFn<'CreateApiKeySuccess' | 'LimitError' | 'RightsError' | 'ValidationError', ParentType, ContextType>;
};

export type CreateApiKeySuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateApiKeySuccess'] = ResolversParentTypes['CreateApiKeySuccess']> = {
  apiKey?: Resolver<ResolversTypes['ApiKey'], ParentType, ContextType>;
  secret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreateSubjectResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateSubjectResult'] = ResolversParentTypes['CreateSubjectResult']> = {
  __resolveType: TypeResolveFn<'ConflictError' | 'CreateSubjectSuccess' | 'NotFoundError' | 'ValidationError', ParentType, ContextType>;
};

export type CreateSubjectSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateSubjectSuccess'] = ResolversParentTypes['CreateSubjectSuccess']> = {
  subject?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreateTenantResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateTenantResult'] = ResolversParentTypes['CreateTenantResult']> = {
  __resolveType: TypeResolveFn<'CreateTenantSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type CreateTenantSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateTenantSuccess'] = ResolversParentTypes['CreateTenantSuccess']> = {
  tenant?: Resolver<ResolversTypes['Tenant'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CredentialsErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CredentialsError'] = ResolversParentTypes['CredentialsError']> = {
  code?: Resolver<ResolversTypes['UserErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeleteAccountResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteAccountResult'] = ResolversParentTypes['DeleteAccountResult']> = {
  __resolveType: TypeResolveFn<'CredentialsError' | 'DeleteAccountSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type DeleteAccountSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteAccountSuccess'] = ResolversParentTypes['DeleteAccountSuccess']> = {
  deletedId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteAdapterResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteAdapterResult'] = ResolversParentTypes['DeleteAdapterResult']> = {
  __resolveType: TypeResolveFn<'DeleteAdapterSuccess' | 'NotFoundError', ParentType, ContextType>;
};

export type DeleteAdapterSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteAdapterSuccess'] = ResolversParentTypes['DeleteAdapterSuccess']> = {
  deletedId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteGenerationResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteGenerationResult'] = ResolversParentTypes['DeleteGenerationResult']> = {
  __resolveType: TypeResolveFn<'DeleteGenerationSuccess' | 'NotFoundError' | 'ValidationError', ParentType, ContextType>;
};

export type DeleteGenerationSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteGenerationSuccess'] = ResolversParentTypes['DeleteGenerationSuccess']> = {
  deletedId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteImageResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteImageResult'] = ResolversParentTypes['DeleteImageResult']> = {
  __resolveType: TypeResolveFn<'DeleteImageSuccess' | 'NotFoundError', ParentType, ContextType>;
};

export type DeleteImageSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteImageSuccess'] = ResolversParentTypes['DeleteImageSuccess']> = {
  deletedId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeletePhotoSetResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletePhotoSetResult'] = ResolversParentTypes['DeletePhotoSetResult']> = {
  __resolveType: TypeResolveFn<'DeletePhotoSetSuccess' | 'NotFoundError' | 'ValidationError', ParentType, ContextType>;
};

export type DeletePhotoSetSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletePhotoSetSuccess'] = ResolversParentTypes['DeletePhotoSetSuccess']> = {
  deletedId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteSubjectResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteSubjectResult'] = ResolversParentTypes['DeleteSubjectResult']> = {
  __resolveType: TypeResolveFn<'DeleteSubjectSuccess' | 'NotFoundError', ParentType, ContextType>;
};

export type DeleteSubjectSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteSubjectSuccess'] = ResolversParentTypes['DeleteSubjectSuccess']> = {
  receipt?: Resolver<ResolversTypes['DeletionReceipt'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteTenantResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteTenantResult'] = ResolversParentTypes['DeleteTenantResult']> = {
  __resolveType: TypeResolveFn<'DeleteTenantSuccess' | 'NotFoundError' | 'RightsError' | 'ValidationError', ParentType, ContextType>;
};

export type DeleteTenantSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteTenantSuccess'] = ResolversParentTypes['DeleteTenantSuccess']> = {
  deletion?: Resolver<ResolversTypes['TenantDeletion'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeletionReceiptResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletionReceipt'] = ResolversParentTypes['DeletionReceipt']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  subjectId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeletionReceiptConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletionReceiptConnection'] = ResolversParentTypes['DeletionReceiptConnection']> = {
  edges?: Resolver<Array<ResolversTypes['DeletionReceiptEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['DeletionReceipt']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type DeletionReceiptEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletionReceiptEdge'] = ResolversParentTypes['DeletionReceiptEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['DeletionReceipt'], ParentType, ContextType>;
};

export type EstimateTrainingResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EstimateTrainingResult'] = ResolversParentTypes['EstimateTrainingResult']> = {
  __resolveType: TypeResolveFn<'ConsentError' | 'EstimateTrainingSuccess' | 'LimitError' | 'NotFoundError' | 'ValidationError', ParentType, ContextType>;
};

export type EstimateTrainingSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EstimateTrainingSuccess'] = ResolversParentTypes['EstimateTrainingSuccess']> = {
  estimate?: Resolver<ResolversTypes['TrainingEstimate'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ExportAdapterResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ExportAdapterResult'] = ResolversParentTypes['ExportAdapterResult']> = {
  __resolveType: TypeResolveFn<'ConsentError' | 'ExportAdapterSuccess' | 'NotFoundError' | 'ValidationError', ParentType, ContextType>;
};

export type ExportAdapterSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ExportAdapterSuccess'] = ResolversParentTypes['ExportAdapterSuccess']> = {
  files?: Resolver<Array<ResolversTypes['FileLink']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FileLinkResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FileLink'] = ResolversParentTypes['FileLink']> = {
  bytes?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  fileName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FormFieldResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FormField'] = ResolversParentTypes['FormField']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type GenerateResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GenerateResult'] = ResolversParentTypes['GenerateResult']> = {
  __resolveType: TypeResolveFn<'ConflictError' | 'ConsentError' | 'GenerateSuccess' | 'LimitError' | 'NotFoundError' | 'ValidationError', ParentType, ContextType>;
};

export type GenerateSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GenerateSuccess'] = ResolversParentTypes['GenerateSuccess']> = {
  generation?: Resolver<ResolversTypes['Generation'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GenerationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Generation'] = ResolversParentTypes['Generation']> = {
  adapters?: Resolver<Array<ResolversTypes['AdapterVersion']>, ParentType, ContextType>;
  baseModel?: Resolver<ResolversTypes['BaseModel'], ParentType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  environment?: Resolver<ResolversTypes['ApiKeyEnvironment'], ParentType, ContextType>;
  events?: Resolver<ResolversTypes['JobEventConnection'], ParentType, ContextType, RequireFields<GenerationEventsArgs, 'after' | 'first'>>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  images?: Resolver<Array<ResolversTypes['Image']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['JobKind'], ParentType, ContextType>;
  progress?: Resolver<Maybe<ResolversTypes['Progress']>, ParentType, ContextType>;
  queuePosition?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  requests?: Resolver<Array<ResolversTypes['ImageRequest']>, ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['JobState'], ParentType, ContextType>;
  trainingJob?: Resolver<Maybe<ResolversTypes['TrainingJob']>, ParentType, ContextType>;
  waitingFor?: Resolver<Maybe<ResolversTypes['JobWait']>, ParentType, ContextType>;
  warnings?: Resolver<Array<ResolversTypes['Warning']>, ParentType, ContextType>;
  workUnits?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GenerationConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GenerationConnection'] = ResolversParentTypes['GenerationConnection']> = {
  edges?: Resolver<Array<ResolversTypes['GenerationEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Generation']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type GenerationEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GenerationEdge'] = ResolversParentTypes['GenerationEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Generation'], ParentType, ContextType>;
};

export type ImageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Image'] = ResolversParentTypes['Image']> = {
  bytes?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  generation?: Resolver<ResolversTypes['Generation'], ParentType, ContextType>;
  height?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  position?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  prompt?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  urlExpiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  width?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ImageConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ImageConnection'] = ResolversParentTypes['ImageConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ImageEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Image']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ImageEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ImageEdge'] = ResolversParentTypes['ImageEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Image'], ParentType, ContextType>;
};

export type ImageRequestResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ImageRequest'] = ResolversParentTypes['ImageRequest']> = {
  alias?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  guidance?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  halves?: Resolver<Maybe<ResolversTypes['AdapterHalves']>, ParentType, ContextType>;
  height?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  init?: Resolver<Maybe<ResolversTypes['InitImage']>, ParentType, ContextType>;
  longPrompt?: Resolver<ResolversTypes['LongPrompt'], ParentType, ContextType>;
  negative?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  prompt?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rescale?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  scale?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  scheduler?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  steps?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['AdapterVersion']>, ParentType, ContextType>;
  width?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ImportAdapterResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ImportAdapterResult'] = ResolversParentTypes['ImportAdapterResult']> = {
  __resolveType: TypeResolveFn<'ConflictError' | 'ConsentError' | 'ImportAdapterSuccess' | 'LimitError' | 'NotFoundError' | 'ValidationError', ParentType, ContextType>;
};

export type ImportAdapterSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ImportAdapterSuccess'] = ResolversParentTypes['ImportAdapterSuccess']> = {
  version?: Resolver<ResolversTypes['AdapterVersion'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InitImageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InitImage'] = ResolversParentTypes['InitImage']> = {
  image?: Resolver<Maybe<ResolversTypes['Image']>, ParentType, ContextType>;
  photo?: Resolver<Maybe<ResolversTypes['Photo']>, ParentType, ContextType>;
  strength?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type InvitationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Invitation'] = ResolversParentTypes['Invitation']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  email?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InvitationConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvitationConnection'] = ResolversParentTypes['InvitationConnection']> = {
  edges?: Resolver<Array<ResolversTypes['InvitationEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Invitation']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type InvitationEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvitationEdge'] = ResolversParentTypes['InvitationEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Invitation'], ParentType, ContextType>;
};

export type InviteMemberResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InviteMemberResult'] = ResolversParentTypes['InviteMemberResult']> = {
  __resolveType: TypeResolveFn<'ConflictError' | 'InviteMemberSuccess' | 'RightsError' | 'ValidationError', ParentType, ContextType>;
};

export type InviteMemberSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InviteMemberSuccess'] = ResolversParentTypes['InviteMemberSuccess']> = {
  invitation?: Resolver<ResolversTypes['Invitation'], ParentType, ContextType>;
  token?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type JobResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Job'] = ResolversParentTypes['Job']> = {
  __resolveType: TypeResolveFn<'Generation' | 'TrainingJob', ParentType, ContextType>;
};

export type JobAttemptResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JobAttempt'] = ResolversParentTypes['JobAttempt']> = {
  claimedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  outcome?: Resolver<Maybe<ResolversTypes['AttemptOutcome']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  worker?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type JobEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JobEvent'] = ResolversParentTypes['JobEvent']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  attempt?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  job?: Resolver<Maybe<ResolversTypes['Job']>, ParentType, ContextType>;
  loss?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  number?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  remainingSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['JobState']>, ParentType, ContextType>;
  step?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  steps?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['JobEventType'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type JobEventConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JobEventConnection'] = ResolversParentTypes['JobEventConnection']> = {
  edges?: Resolver<Array<ResolversTypes['JobEventEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['JobEvent']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type JobEventEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JobEventEdge'] = ResolversParentTypes['JobEventEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['JobEvent'], ParentType, ContextType>;
};

export type LimitErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LimitError'] = ResolversParentTypes['LimitError']> = {
  allowed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['UserErrorCode'], ParentType, ContextType>;
  found?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  limit?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LimitsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Limits'] = ResolversParentTypes['Limits']> = {
  adapterBytes?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  aliasesPerAdapter?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  apiKeys?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  idempotencySeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  imagePixels?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  imagesPerGeneration?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  invitationSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  linkSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  operationAliases?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  operationCost?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  operationDepth?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  operationTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  pageSize?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  photoBytes?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  photoPixels?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  photosPerSet?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sessionSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  stepsPerImage?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  stepsPerTraining?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  storedBytes?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  subscriptionsPerCaller?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  subscriptionsPerConnection?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  subscriptionsPerTenant?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  uploadSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  waitingJobs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  waitingWorkUnits?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  workUnitsPerJob?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
};

export type MembershipResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Membership'] = ResolversParentTypes['Membership']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  tenant?: Resolver<ResolversTypes['Tenant'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MembershipConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MembershipConnection'] = ResolversParentTypes['MembershipConnection']> = {
  edges?: Resolver<Array<ResolversTypes['MembershipEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Membership']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MembershipEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MembershipEdge'] = ResolversParentTypes['MembershipEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Membership'], ParentType, ContextType>;
};

export type MethodResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Method'] = ResolversParentTypes['Method']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  options?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  acceptInvite?: Resolver<Maybe<ResolversTypes['AcceptInviteResult']>, ParentType, ContextType, RequireFields<MutationAcceptInviteArgs, 'input'>>;
  cancelJob?: Resolver<Maybe<ResolversTypes['CancelJobResult']>, ParentType, ContextType, RequireFields<MutationCancelJobArgs, 'input'>>;
  changePassword?: Resolver<Maybe<ResolversTypes['ChangePasswordResult']>, ParentType, ContextType, RequireFields<MutationChangePasswordArgs, 'input'>>;
  completePhotoUploads?: Resolver<Maybe<ResolversTypes['CompletePhotoUploadsResult']>, ParentType, ContextType, RequireFields<MutationCompletePhotoUploadsArgs, 'input'>>;
  createApiKey?: Resolver<Maybe<ResolversTypes['CreateApiKeyResult']>, ParentType, ContextType, RequireFields<MutationCreateApiKeyArgs, 'input'>>;
  createSubject?: Resolver<Maybe<ResolversTypes['CreateSubjectResult']>, ParentType, ContextType, RequireFields<MutationCreateSubjectArgs, 'input'>>;
  createTenant?: Resolver<Maybe<ResolversTypes['CreateTenantResult']>, ParentType, ContextType, RequireFields<MutationCreateTenantArgs, 'input'>>;
  deleteAccount?: Resolver<Maybe<ResolversTypes['DeleteAccountResult']>, ParentType, ContextType, RequireFields<MutationDeleteAccountArgs, 'input'>>;
  deleteAdapter?: Resolver<Maybe<ResolversTypes['DeleteAdapterResult']>, ParentType, ContextType, RequireFields<MutationDeleteAdapterArgs, 'input'>>;
  deleteGeneration?: Resolver<Maybe<ResolversTypes['DeleteGenerationResult']>, ParentType, ContextType, RequireFields<MutationDeleteGenerationArgs, 'input'>>;
  deleteImage?: Resolver<Maybe<ResolversTypes['DeleteImageResult']>, ParentType, ContextType, RequireFields<MutationDeleteImageArgs, 'input'>>;
  deletePhotoSet?: Resolver<Maybe<ResolversTypes['DeletePhotoSetResult']>, ParentType, ContextType, RequireFields<MutationDeletePhotoSetArgs, 'input'>>;
  deleteSubject?: Resolver<Maybe<ResolversTypes['DeleteSubjectResult']>, ParentType, ContextType, RequireFields<MutationDeleteSubjectArgs, 'input'>>;
  deleteTenant?: Resolver<Maybe<ResolversTypes['DeleteTenantResult']>, ParentType, ContextType, RequireFields<MutationDeleteTenantArgs, 'input'>>;
  estimateTraining?: Resolver<Maybe<ResolversTypes['EstimateTrainingResult']>, ParentType, ContextType, RequireFields<MutationEstimateTrainingArgs, 'input'>>;
  exportAdapter?: Resolver<Maybe<ResolversTypes['ExportAdapterResult']>, ParentType, ContextType, RequireFields<MutationExportAdapterArgs, 'input'>>;
  generate?: Resolver<Maybe<ResolversTypes['GenerateResult']>, ParentType, ContextType, RequireFields<MutationGenerateArgs, 'input'>>;
  importAdapter?: Resolver<Maybe<ResolversTypes['ImportAdapterResult']>, ParentType, ContextType, RequireFields<MutationImportAdapterArgs, 'input'>>;
  inviteMember?: Resolver<Maybe<ResolversTypes['InviteMemberResult']>, ParentType, ContextType, RequireFields<MutationInviteMemberArgs, 'input'>>;
  promoteVersion?: Resolver<Maybe<ResolversTypes['PromoteVersionResult']>, ParentType, ContextType, RequireFields<MutationPromoteVersionArgs, 'input'>>;
  recordConsent?: Resolver<Maybe<ResolversTypes['RecordConsentResult']>, ParentType, ContextType, RequireFields<MutationRecordConsentArgs, 'input'>>;
  requestAdapterUpload?: Resolver<Maybe<ResolversTypes['RequestAdapterUploadResult']>, ParentType, ContextType, RequireFields<MutationRequestAdapterUploadArgs, 'input'>>;
  requestPasswordReset?: Resolver<Maybe<ResolversTypes['RequestPasswordResetResult']>, ParentType, ContextType, RequireFields<MutationRequestPasswordResetArgs, 'input'>>;
  requestPhotoUploads?: Resolver<Maybe<ResolversTypes['RequestPhotoUploadsResult']>, ParentType, ContextType, RequireFields<MutationRequestPhotoUploadsArgs, 'input'>>;
  resetPassword?: Resolver<Maybe<ResolversTypes['ResetPasswordResult']>, ParentType, ContextType, RequireFields<MutationResetPasswordArgs, 'input'>>;
  retryJob?: Resolver<Maybe<ResolversTypes['RetryJobResult']>, ParentType, ContextType, RequireFields<MutationRetryJobArgs, 'input'>>;
  revokeApiKey?: Resolver<Maybe<ResolversTypes['RevokeApiKeyResult']>, ParentType, ContextType, RequireFields<MutationRevokeApiKeyArgs, 'input'>>;
  revokeConsent?: Resolver<Maybe<ResolversTypes['RevokeConsentResult']>, ParentType, ContextType, RequireFields<MutationRevokeConsentArgs, 'input'>>;
  revokeInvitation?: Resolver<Maybe<ResolversTypes['RevokeInvitationResult']>, ParentType, ContextType, RequireFields<MutationRevokeInvitationArgs, 'input'>>;
  rotateApiKey?: Resolver<Maybe<ResolversTypes['RotateApiKeyResult']>, ParentType, ContextType, RequireFields<MutationRotateApiKeyArgs, 'input'>>;
  setAlias?: Resolver<Maybe<ResolversTypes['SetAliasResult']>, ParentType, ContextType, RequireFields<MutationSetAliasArgs, 'input'>>;
  setRole?: Resolver<Maybe<ResolversTypes['SetRoleResult']>, ParentType, ContextType, RequireFields<MutationSetRoleArgs, 'input'>>;
  signIn?: Resolver<Maybe<ResolversTypes['SignInResult']>, ParentType, ContextType, RequireFields<MutationSignInArgs, 'input'>>;
  signOut?: Resolver<Maybe<ResolversTypes['SignOutResult']>, ParentType, ContextType, RequireFields<MutationSignOutArgs, 'input'>>;
  signUp?: Resolver<Maybe<ResolversTypes['SignUpResult']>, ParentType, ContextType, RequireFields<MutationSignUpArgs, 'input'>>;
  startTraining?: Resolver<Maybe<ResolversTypes['StartTrainingResult']>, ParentType, ContextType, RequireFields<MutationStartTrainingArgs, 'input'>>;
  updateSubject?: Resolver<Maybe<ResolversTypes['UpdateSubjectResult']>, ParentType, ContextType, RequireFields<MutationUpdateSubjectArgs, 'input'>>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Adapter' | 'AdapterVersion' | 'ApiKey' | 'AuditEntry' | 'BaseModel' | 'Consent' | 'DeletionReceipt' | 'Generation' | 'Image' | 'Invitation' | 'JobEvent' | 'Membership' | 'Photo' | 'PhotoSet' | 'Session' | 'Subject' | 'Tenant' | 'TrainingJob' | 'User', ParentType, ContextType>;
};

export type NotFoundErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotFoundError'] = ResolversParentTypes['NotFoundError']> = {
  code?: Resolver<ResolversTypes['UserErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type PhotoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Photo'] = ResolversParentTypes['Photo']> = {
  bytes?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  fileName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  height?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  position?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sha256?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['PhotoState'], ParentType, ContextType>;
  url?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  urlExpiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  verdict?: Resolver<Maybe<ResolversTypes['PhotoVerdict']>, ParentType, ContextType>;
  width?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PhotoSetResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PhotoSet'] = ResolversParentTypes['PhotoSet']> = {
  completedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  hash?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  photos?: Resolver<Array<ResolversTypes['Photo']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['PhotoSetState'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PhotoSetConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PhotoSetConnection'] = ResolversParentTypes['PhotoSetConnection']> = {
  edges?: Resolver<Array<ResolversTypes['PhotoSetEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['PhotoSet']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PhotoSetEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PhotoSetEdge'] = ResolversParentTypes['PhotoSetEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['PhotoSet'], ParentType, ContextType>;
};

export type PhotoUploadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PhotoUpload'] = ResolversParentTypes['PhotoUpload']> = {
  form?: Resolver<Maybe<ResolversTypes['UploadForm']>, ParentType, ContextType>;
  photo?: Resolver<ResolversTypes['Photo'], ParentType, ContextType>;
};

export type ProgressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Progress'] = ResolversParentTypes['Progress']> = {
  step?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  steps?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PromoteVersionResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PromoteVersionResult'] = ResolversParentTypes['PromoteVersionResult']> = {
  __resolveType: TypeResolveFn<'NotFoundError' | 'PromoteVersionSuccess', ParentType, ContextType>;
};

export type PromoteVersionSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PromoteVersionSuccess'] = ResolversParentTypes['PromoteVersionSuccess']> = {
  alias?: Resolver<ResolversTypes['Alias'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  adapters?: Resolver<Maybe<ResolversTypes['AdapterConnection']>, ParentType, ContextType, RequireFields<QueryAdaptersArgs, 'first' | 'order'>>;
  auditEntries?: Resolver<Maybe<ResolversTypes['AuditEntryConnection']>, ParentType, ContextType, RequireFields<QueryAuditEntriesArgs, 'first' | 'order'>>;
  baseModels?: Resolver<Maybe<Array<ResolversTypes['BaseModel']>>, ParentType, ContextType>;
  currentKey?: Resolver<Maybe<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  events?: Resolver<Maybe<ResolversTypes['JobEventConnection']>, ParentType, ContextType, RequireFields<QueryEventsArgs, 'after' | 'first'>>;
  generations?: Resolver<Maybe<ResolversTypes['GenerationConnection']>, ParentType, ContextType, RequireFields<QueryGenerationsArgs, 'first' | 'order'>>;
  images?: Resolver<Maybe<ResolversTypes['ImageConnection']>, ParentType, ContextType, RequireFields<QueryImagesArgs, 'first' | 'order'>>;
  me?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  methods?: Resolver<Maybe<Array<ResolversTypes['Method']>>, ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  schedulers?: Resolver<Maybe<Array<ResolversTypes['String']>>, ParentType, ContextType>;
  schema?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  service?: Resolver<ResolversTypes['Service'], ParentType, ContextType>;
  subjects?: Resolver<Maybe<ResolversTypes['SubjectConnection']>, ParentType, ContextType, RequireFields<QuerySubjectsArgs, 'first' | 'order'>>;
  tenant?: Resolver<Maybe<ResolversTypes['Tenant']>, ParentType, ContextType>;
  trainingJobs?: Resolver<Maybe<ResolversTypes['TrainingJobConnection']>, ParentType, ContextType, RequireFields<QueryTrainingJobsArgs, 'first' | 'order'>>;
};

export type RecordConsentResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RecordConsentResult'] = ResolversParentTypes['RecordConsentResult']> = {
  __resolveType: TypeResolveFn<'NotFoundError' | 'RecordConsentSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type RecordConsentSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RecordConsentSuccess'] = ResolversParentTypes['RecordConsentSuccess']> = {
  consent?: Resolver<ResolversTypes['Consent'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RequestAdapterUploadResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RequestAdapterUploadResult'] = ResolversParentTypes['RequestAdapterUploadResult']> = {
  __resolveType: TypeResolveFn<'LimitError' | 'RequestAdapterUploadSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type RequestAdapterUploadSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RequestAdapterUploadSuccess'] = ResolversParentTypes['RequestAdapterUploadSuccess']> = {
  form?: Resolver<ResolversTypes['UploadForm'], ParentType, ContextType>;
  uploadId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RequestPasswordResetResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RequestPasswordResetResult'] = ResolversParentTypes['RequestPasswordResetResult']> = {
  __resolveType: TypeResolveFn<'RequestPasswordResetSuccess', ParentType, ContextType>;
};

export type RequestPasswordResetSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RequestPasswordResetSuccess'] = ResolversParentTypes['RequestPasswordResetSuccess']> = {
  seconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RequestPhotoUploadsResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RequestPhotoUploadsResult'] = ResolversParentTypes['RequestPhotoUploadsResult']> = {
  __resolveType: TypeResolveFn<'LimitError' | 'NotFoundError' | 'RequestPhotoUploadsSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type RequestPhotoUploadsSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RequestPhotoUploadsSuccess'] = ResolversParentTypes['RequestPhotoUploadsSuccess']> = {
  photoSet?: Resolver<ResolversTypes['PhotoSet'], ParentType, ContextType>;
  uploads?: Resolver<Array<ResolversTypes['PhotoUpload']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ResetPasswordResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ResetPasswordResult'] = ResolversParentTypes['ResetPasswordResult']> = {
  __resolveType: TypeResolveFn<'NotFoundError' | 'ResetPasswordSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type ResetPasswordSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ResetPasswordSuccess'] = ResolversParentTypes['ResetPasswordSuccess']> = {
  done?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RetryJobResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RetryJobResult'] = ResolversParentTypes['RetryJobResult']> = {
  __resolveType: TypeResolveFn<'ConflictError' | 'ConsentError' | 'LimitError' | 'NotFoundError' | 'RetryJobSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type RetryJobSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RetryJobSuccess'] = ResolversParentTypes['RetryJobSuccess']> = {
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RevokeApiKeyResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeApiKeyResult'] = ResolversParentTypes['RevokeApiKeyResult']> = {
  __resolveType: TypeResolveFn<'NotFoundError' | 'RevokeApiKeySuccess' | 'RightsError', ParentType, ContextType>;
};

export type RevokeApiKeySuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeApiKeySuccess'] = ResolversParentTypes['RevokeApiKeySuccess']> = {
  apiKey?: Resolver<ResolversTypes['ApiKey'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RevokeConsentResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeConsentResult'] = ResolversParentTypes['RevokeConsentResult']> = {
  __resolveType: TypeResolveFn<'NotFoundError' | 'RevokeConsentSuccess', ParentType, ContextType>;
};

export type RevokeConsentSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeConsentSuccess'] = ResolversParentTypes['RevokeConsentSuccess']> = {
  canceledJobs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  consent?: Resolver<ResolversTypes['Consent'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RevokeInvitationResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeInvitationResult'] = ResolversParentTypes['RevokeInvitationResult']> = {
  __resolveType: TypeResolveFn<'NotFoundError' | 'RevokeInvitationSuccess' | 'RightsError', ParentType, ContextType>;
};

export type RevokeInvitationSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeInvitationSuccess'] = ResolversParentTypes['RevokeInvitationSuccess']> = {
  invitation?: Resolver<ResolversTypes['Invitation'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RightsErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RightsError'] = ResolversParentTypes['RightsError']> = {
  code?: Resolver<ResolversTypes['UserErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RotateApiKeyResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RotateApiKeyResult'] = ResolversParentTypes['RotateApiKeyResult']> = {
  __resolveType: TypeResolveFn<'LimitError' | 'NotFoundError' | 'RightsError' | 'RotateApiKeySuccess' | 'ValidationError', ParentType, ContextType>;
};

export type RotateApiKeySuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RotateApiKeySuccess'] = ResolversParentTypes['RotateApiKeySuccess']> = {
  apiKey?: Resolver<ResolversTypes['ApiKey'], ParentType, ContextType>;
  secret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt';
}

export type ServiceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Service'] = ResolversParentTypes['Service']> = {
  limits?: Resolver<ResolversTypes['Limits'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  current?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastUsedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetAliasResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetAliasResult'] = ResolversParentTypes['SetAliasResult']> = {
  __resolveType: TypeResolveFn<'LimitError' | 'NotFoundError' | 'SetAliasSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type SetAliasSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetAliasSuccess'] = ResolversParentTypes['SetAliasSuccess']> = {
  alias?: Resolver<Maybe<ResolversTypes['Alias']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetRoleResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetRoleResult'] = ResolversParentTypes['SetRoleResult']> = {
  __resolveType: TypeResolveFn<'NotFoundError' | 'RightsError' | 'SetRoleSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type SetRoleSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetRoleSuccess'] = ResolversParentTypes['SetRoleSuccess']> = {
  apiKeys?: Resolver<Maybe<Array<ResolversTypes['ApiKey']>>, ParentType, ContextType>;
  membership?: Resolver<Maybe<ResolversTypes['Membership']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SignInResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignInResult'] = ResolversParentTypes['SignInResult']> = {
  __resolveType: TypeResolveFn<'CredentialsError' | 'SignInSuccess', ParentType, ContextType>;
};

export type SignInSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignInSuccess'] = ResolversParentTypes['SignInSuccess']> = {
  session?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SignOutResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignOutResult'] = ResolversParentTypes['SignOutResult']> = {
  __resolveType: TypeResolveFn<'NotFoundError' | 'SignOutSuccess', ParentType, ContextType>;
};

export type SignOutSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignOutSuccess'] = ResolversParentTypes['SignOutSuccess']> = {
  ended?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SignUpResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignUpResult'] = ResolversParentTypes['SignUpResult']> = {
  __resolveType: TypeResolveFn<'ConflictError' | 'SignUpSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type SignUpSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignUpSuccess'] = ResolversParentTypes['SignUpSuccess']> = {
  tenant?: Resolver<Maybe<ResolversTypes['Tenant']>, ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type StartTrainingResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StartTrainingResult'] = ResolversParentTypes['StartTrainingResult']> = {
  __resolveType: TypeResolveFn<'ConflictError' | 'ConsentError' | 'LimitError' | 'NotFoundError' | 'StartTrainingSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type StartTrainingSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StartTrainingSuccess'] = ResolversParentTypes['StartTrainingSuccess']> = {
  job?: Resolver<ResolversTypes['TrainingJob'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubjectResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subject'] = ResolversParentTypes['Subject']> = {
  adapters?: Resolver<ResolversTypes['AdapterConnection'], ParentType, ContextType, RequireFields<SubjectAdaptersArgs, 'first'>>;
  classNoun?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  consents?: Resolver<ResolversTypes['ConsentConnection'], ParentType, ContextType, RequireFields<SubjectConsentsArgs, 'first'>>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isPerson?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  photoSets?: Resolver<ResolversTypes['PhotoSetConnection'], ParentType, ContextType, RequireFields<SubjectPhotoSetsArgs, 'first'>>;
  trainingJobs?: Resolver<ResolversTypes['TrainingJobConnection'], ParentType, ContextType, RequireFields<SubjectTrainingJobsArgs, 'first'>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubjectConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubjectConnection'] = ResolversParentTypes['SubjectConnection']> = {
  edges?: Resolver<Array<ResolversTypes['SubjectEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Subject']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SubjectEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubjectEdge'] = ResolversParentTypes['SubjectEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  jobEvents?: SubscriptionResolver<ResolversTypes['JobEvent'], "jobEvents", ParentType, ContextType, RequireFields<SubscriptionJobEventsArgs, 'after' | 'jobId'>>;
  tenantEvents?: SubscriptionResolver<ResolversTypes['JobEvent'], "tenantEvents", ParentType, ContextType, Partial<SubscriptionTenantEventsArgs>>;
};

export type TenantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Tenant'] = ResolversParentTypes['Tenant']> = {
  apiKeys?: Resolver<Maybe<ResolversTypes['ApiKeyConnection']>, ParentType, ContextType, RequireFields<TenantApiKeysArgs, 'first'>>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deletionReceipts?: Resolver<Maybe<ResolversTypes['DeletionReceiptConnection']>, ParentType, ContextType, RequireFields<TenantDeletionReceiptsArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  invitations?: Resolver<Maybe<ResolversTypes['InvitationConnection']>, ParentType, ContextType, RequireFields<TenantInvitationsArgs, 'first'>>;
  memberships?: Resolver<Maybe<ResolversTypes['MembershipConnection']>, ParentType, ContextType, RequireFields<TenantMembershipsArgs, 'first'>>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['Role']>, ParentType, ContextType>;
  storedBytes?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TenantDeletionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TenantDeletion'] = ResolversParentTypes['TenantDeletion']> = {
  finishedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  tenantId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type TrainingEstimateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TrainingEstimate'] = ResolversParentTypes['TrainingEstimate']> = {
  queued?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  seconds?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  steps?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  waitSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  workUnits?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
};

export type TrainingJobResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TrainingJob'] = ResolversParentTypes['TrainingJob']> = {
  adapter?: Resolver<Maybe<ResolversTypes['Adapter']>, ParentType, ContextType>;
  attempts?: Resolver<Array<ResolversTypes['JobAttempt']>, ParentType, ContextType>;
  baseModel?: Resolver<ResolversTypes['BaseModel'], ParentType, ContextType>;
  checkpoints?: Resolver<Array<ResolversTypes['Checkpoint']>, ParentType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  environment?: Resolver<ResolversTypes['ApiKeyEnvironment'], ParentType, ContextType>;
  events?: Resolver<ResolversTypes['JobEventConnection'], ParentType, ContextType, RequireFields<TrainingJobEventsArgs, 'after' | 'first'>>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['JobKind'], ParentType, ContextType>;
  metrics?: Resolver<Array<ResolversTypes['TrainingMetric']>, ParentType, ContextType>;
  photoSet?: Resolver<ResolversTypes['PhotoSet'], ParentType, ContextType>;
  previews?: Resolver<Array<ResolversTypes['Generation']>, ParentType, ContextType>;
  progress?: Resolver<Maybe<ResolversTypes['Progress']>, ParentType, ContextType>;
  queuePosition?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  settings?: Resolver<ResolversTypes['TrainingSettings'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['JobState'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['AdapterVersion']>, ParentType, ContextType>;
  waitingFor?: Resolver<Maybe<ResolversTypes['JobWait']>, ParentType, ContextType>;
  warnings?: Resolver<Array<ResolversTypes['Warning']>, ParentType, ContextType>;
  workUnits?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TrainingJobConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TrainingJobConnection'] = ResolversParentTypes['TrainingJobConnection']> = {
  edges?: Resolver<Array<ResolversTypes['TrainingJobEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['TrainingJob']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TrainingJobEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TrainingJobEdge'] = ResolversParentTypes['TrainingJobEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['TrainingJob'], ParentType, ContextType>;
};

export type TrainingMetricResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TrainingMetric'] = ResolversParentTypes['TrainingMetric']> = {
  learningRate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  loss?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  milliseconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  remainingSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  step?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TrainingSettingsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TrainingSettings'] = ResolversParentTypes['TrainingSettings']> = {
  batch?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  checkpointEvery?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  crop?: Resolver<ResolversTypes['PhotoCrop'], ParentType, ContextType>;
  learningRate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  method?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  options?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  phrase?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  previewEvery?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  previewPrompts?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  seed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  steps?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type UpdateSubjectResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateSubjectResult'] = ResolversParentTypes['UpdateSubjectResult']> = {
  __resolveType: TypeResolveFn<'NotFoundError' | 'UpdateSubjectSuccess' | 'ValidationError', ParentType, ContextType>;
};

export type UpdateSubjectSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateSubjectSuccess'] = ResolversParentTypes['UpdateSubjectSuccess']> = {
  subject?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UploadFormResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UploadForm'] = ResolversParentTypes['UploadForm']> = {
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  fields?: Resolver<Array<ResolversTypes['FormField']>, ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  memberships?: Resolver<Array<ResolversTypes['Membership']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sessions?: Resolver<Array<ResolversTypes['Session']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'ConflictError' | 'ConsentError' | 'CredentialsError' | 'LimitError' | 'NotFoundError' | 'RightsError' | 'ValidationError', ParentType, ContextType>;
};

export type ValidationErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationError'] = ResolversParentTypes['ValidationError']> = {
  code?: Resolver<ResolversTypes['UserErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type WarningResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Warning'] = ResolversParentTypes['Warning']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  AcceptInviteResult?: AcceptInviteResultResolvers<ContextType>;
  AcceptInviteSuccess?: AcceptInviteSuccessResolvers<ContextType>;
  Adapter?: AdapterResolvers<ContextType>;
  AdapterConnection?: AdapterConnectionResolvers<ContextType>;
  AdapterEdge?: AdapterEdgeResolvers<ContextType>;
  AdapterVersion?: AdapterVersionResolvers<ContextType>;
  AdapterVersionConnection?: AdapterVersionConnectionResolvers<ContextType>;
  AdapterVersionEdge?: AdapterVersionEdgeResolvers<ContextType>;
  Alias?: AliasResolvers<ContextType>;
  ApiKey?: ApiKeyResolvers<ContextType>;
  ApiKeyConnection?: ApiKeyConnectionResolvers<ContextType>;
  ApiKeyEdge?: ApiKeyEdgeResolvers<ContextType>;
  AuditEntry?: AuditEntryResolvers<ContextType>;
  AuditEntryConnection?: AuditEntryConnectionResolvers<ContextType>;
  AuditEntryEdge?: AuditEntryEdgeResolvers<ContextType>;
  BaseModel?: BaseModelResolvers<ContextType>;
  CancelJobResult?: CancelJobResultResolvers<ContextType>;
  CancelJobSuccess?: CancelJobSuccessResolvers<ContextType>;
  ChangePasswordResult?: ChangePasswordResultResolvers<ContextType>;
  ChangePasswordSuccess?: ChangePasswordSuccessResolvers<ContextType>;
  Checkpoint?: CheckpointResolvers<ContextType>;
  CompletePhotoUploadsResult?: CompletePhotoUploadsResultResolvers<ContextType>;
  CompletePhotoUploadsSuccess?: CompletePhotoUploadsSuccessResolvers<ContextType>;
  ConflictError?: ConflictErrorResolvers<ContextType>;
  Consent?: ConsentResolvers<ContextType>;
  ConsentConnection?: ConsentConnectionResolvers<ContextType>;
  ConsentEdge?: ConsentEdgeResolvers<ContextType>;
  ConsentError?: ConsentErrorResolvers<ContextType>;
  CreateApiKeyResult?: CreateApiKeyResultResolvers<ContextType>;
  CreateApiKeySuccess?: CreateApiKeySuccessResolvers<ContextType>;
  CreateSubjectResult?: CreateSubjectResultResolvers<ContextType>;
  CreateSubjectSuccess?: CreateSubjectSuccessResolvers<ContextType>;
  CreateTenantResult?: CreateTenantResultResolvers<ContextType>;
  CreateTenantSuccess?: CreateTenantSuccessResolvers<ContextType>;
  CredentialsError?: CredentialsErrorResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeleteAccountResult?: DeleteAccountResultResolvers<ContextType>;
  DeleteAccountSuccess?: DeleteAccountSuccessResolvers<ContextType>;
  DeleteAdapterResult?: DeleteAdapterResultResolvers<ContextType>;
  DeleteAdapterSuccess?: DeleteAdapterSuccessResolvers<ContextType>;
  DeleteGenerationResult?: DeleteGenerationResultResolvers<ContextType>;
  DeleteGenerationSuccess?: DeleteGenerationSuccessResolvers<ContextType>;
  DeleteImageResult?: DeleteImageResultResolvers<ContextType>;
  DeleteImageSuccess?: DeleteImageSuccessResolvers<ContextType>;
  DeletePhotoSetResult?: DeletePhotoSetResultResolvers<ContextType>;
  DeletePhotoSetSuccess?: DeletePhotoSetSuccessResolvers<ContextType>;
  DeleteSubjectResult?: DeleteSubjectResultResolvers<ContextType>;
  DeleteSubjectSuccess?: DeleteSubjectSuccessResolvers<ContextType>;
  DeleteTenantResult?: DeleteTenantResultResolvers<ContextType>;
  DeleteTenantSuccess?: DeleteTenantSuccessResolvers<ContextType>;
  DeletionReceipt?: DeletionReceiptResolvers<ContextType>;
  DeletionReceiptConnection?: DeletionReceiptConnectionResolvers<ContextType>;
  DeletionReceiptEdge?: DeletionReceiptEdgeResolvers<ContextType>;
  EstimateTrainingResult?: EstimateTrainingResultResolvers<ContextType>;
  EstimateTrainingSuccess?: EstimateTrainingSuccessResolvers<ContextType>;
  ExportAdapterResult?: ExportAdapterResultResolvers<ContextType>;
  ExportAdapterSuccess?: ExportAdapterSuccessResolvers<ContextType>;
  FileLink?: FileLinkResolvers<ContextType>;
  FormField?: FormFieldResolvers<ContextType>;
  GenerateResult?: GenerateResultResolvers<ContextType>;
  GenerateSuccess?: GenerateSuccessResolvers<ContextType>;
  Generation?: GenerationResolvers<ContextType>;
  GenerationConnection?: GenerationConnectionResolvers<ContextType>;
  GenerationEdge?: GenerationEdgeResolvers<ContextType>;
  Image?: ImageResolvers<ContextType>;
  ImageConnection?: ImageConnectionResolvers<ContextType>;
  ImageEdge?: ImageEdgeResolvers<ContextType>;
  ImageRequest?: ImageRequestResolvers<ContextType>;
  ImportAdapterResult?: ImportAdapterResultResolvers<ContextType>;
  ImportAdapterSuccess?: ImportAdapterSuccessResolvers<ContextType>;
  InitImage?: InitImageResolvers<ContextType>;
  Invitation?: InvitationResolvers<ContextType>;
  InvitationConnection?: InvitationConnectionResolvers<ContextType>;
  InvitationEdge?: InvitationEdgeResolvers<ContextType>;
  InviteMemberResult?: InviteMemberResultResolvers<ContextType>;
  InviteMemberSuccess?: InviteMemberSuccessResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Job?: JobResolvers<ContextType>;
  JobAttempt?: JobAttemptResolvers<ContextType>;
  JobEvent?: JobEventResolvers<ContextType>;
  JobEventConnection?: JobEventConnectionResolvers<ContextType>;
  JobEventEdge?: JobEventEdgeResolvers<ContextType>;
  LimitError?: LimitErrorResolvers<ContextType>;
  Limits?: LimitsResolvers<ContextType>;
  Membership?: MembershipResolvers<ContextType>;
  MembershipConnection?: MembershipConnectionResolvers<ContextType>;
  MembershipEdge?: MembershipEdgeResolvers<ContextType>;
  Method?: MethodResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  NotFoundError?: NotFoundErrorResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Photo?: PhotoResolvers<ContextType>;
  PhotoSet?: PhotoSetResolvers<ContextType>;
  PhotoSetConnection?: PhotoSetConnectionResolvers<ContextType>;
  PhotoSetEdge?: PhotoSetEdgeResolvers<ContextType>;
  PhotoUpload?: PhotoUploadResolvers<ContextType>;
  Progress?: ProgressResolvers<ContextType>;
  PromoteVersionResult?: PromoteVersionResultResolvers<ContextType>;
  PromoteVersionSuccess?: PromoteVersionSuccessResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RecordConsentResult?: RecordConsentResultResolvers<ContextType>;
  RecordConsentSuccess?: RecordConsentSuccessResolvers<ContextType>;
  RequestAdapterUploadResult?: RequestAdapterUploadResultResolvers<ContextType>;
  RequestAdapterUploadSuccess?: RequestAdapterUploadSuccessResolvers<ContextType>;
  RequestPasswordResetResult?: RequestPasswordResetResultResolvers<ContextType>;
  RequestPasswordResetSuccess?: RequestPasswordResetSuccessResolvers<ContextType>;
  RequestPhotoUploadsResult?: RequestPhotoUploadsResultResolvers<ContextType>;
  RequestPhotoUploadsSuccess?: RequestPhotoUploadsSuccessResolvers<ContextType>;
  ResetPasswordResult?: ResetPasswordResultResolvers<ContextType>;
  ResetPasswordSuccess?: ResetPasswordSuccessResolvers<ContextType>;
  RetryJobResult?: RetryJobResultResolvers<ContextType>;
  RetryJobSuccess?: RetryJobSuccessResolvers<ContextType>;
  RevokeApiKeyResult?: RevokeApiKeyResultResolvers<ContextType>;
  RevokeApiKeySuccess?: RevokeApiKeySuccessResolvers<ContextType>;
  RevokeConsentResult?: RevokeConsentResultResolvers<ContextType>;
  RevokeConsentSuccess?: RevokeConsentSuccessResolvers<ContextType>;
  RevokeInvitationResult?: RevokeInvitationResultResolvers<ContextType>;
  RevokeInvitationSuccess?: RevokeInvitationSuccessResolvers<ContextType>;
  RightsError?: RightsErrorResolvers<ContextType>;
  RotateApiKeyResult?: RotateApiKeyResultResolvers<ContextType>;
  RotateApiKeySuccess?: RotateApiKeySuccessResolvers<ContextType>;
  SafeInt?: GraphQLScalarType;
  Service?: ServiceResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SetAliasResult?: SetAliasResultResolvers<ContextType>;
  SetAliasSuccess?: SetAliasSuccessResolvers<ContextType>;
  SetRoleResult?: SetRoleResultResolvers<ContextType>;
  SetRoleSuccess?: SetRoleSuccessResolvers<ContextType>;
  SignInResult?: SignInResultResolvers<ContextType>;
  SignInSuccess?: SignInSuccessResolvers<ContextType>;
  SignOutResult?: SignOutResultResolvers<ContextType>;
  SignOutSuccess?: SignOutSuccessResolvers<ContextType>;
  SignUpResult?: SignUpResultResolvers<ContextType>;
  SignUpSuccess?: SignUpSuccessResolvers<ContextType>;
  StartTrainingResult?: StartTrainingResultResolvers<ContextType>;
  StartTrainingSuccess?: StartTrainingSuccessResolvers<ContextType>;
  Subject?: SubjectResolvers<ContextType>;
  SubjectConnection?: SubjectConnectionResolvers<ContextType>;
  SubjectEdge?: SubjectEdgeResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Tenant?: TenantResolvers<ContextType>;
  TenantDeletion?: TenantDeletionResolvers<ContextType>;
  TrainingEstimate?: TrainingEstimateResolvers<ContextType>;
  TrainingJob?: TrainingJobResolvers<ContextType>;
  TrainingJobConnection?: TrainingJobConnectionResolvers<ContextType>;
  TrainingJobEdge?: TrainingJobEdgeResolvers<ContextType>;
  TrainingMetric?: TrainingMetricResolvers<ContextType>;
  TrainingSettings?: TrainingSettingsResolvers<ContextType>;
  UpdateSubjectResult?: UpdateSubjectResultResolvers<ContextType>;
  UpdateSubjectSuccess?: UpdateSubjectSuccessResolvers<ContextType>;
  UploadForm?: UploadFormResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  ValidationError?: ValidationErrorResolvers<ContextType>;
  Warning?: WarningResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = Context> = {
  listSize?: ListSizeDirectiveResolver<any, any, ContextType>;
};
