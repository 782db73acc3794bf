/** Made by tools/codegen-operations.ts; do not edit. */
import type { Operation } from '../operation.ts'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** A further file of an adapter with several files. */
export type AdapterFileInput = {
  /** For PEFT: the adapter_config.json that belongs to it, uploaded. */
  readonly configUploadId?: string | null | undefined;
  /** Name of the original file, as for the first file. */
  readonly fileName?: string | null | undefined;
  /** The uploaded safetensors file. */
  readonly uploadId: string;
};

/** Filter for adapters; all conditions must hold. */
export type AdapterFilter = {
  /** The base model that the adapter belongs to. */
  readonly baseModelId?: string | null | undefined;
  /** Only what was created at this time or later. */
  readonly createdAfter?: string | null | undefined;
  /** Only what was created before this time. */
  readonly createdBefore?: string | null | undefined;
  /** Name of the method. */
  readonly method?: string | null | undefined;
  /** Part of the name, case-insensitive. */
  readonly nameContains?: string | null | undefined;
  /** The subject that the adapter draws. */
  readonly subjectId?: string | null | undefined;
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
  readonly adapterId?: string | null | undefined;
  /** Alias of the adapter's version; by default `production` if it is set, else `latest`. */
  readonly alias?: string | null | undefined;
  /** The halves of guidance in which the adapter works; by default what its training recorded, else both. */
  readonly halves?: AdapterHalves | null | undefined;
  /** Strength of the adapter's effect, 0 to 4. */
  readonly scale?: number | null | undefined;
  /** The version. Give either this or `adapterId`. */
  readonly versionId?: string | null | undefined;
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

/** Input of cancelJob. */
export type CancelJobInput = {
  /** The job. */
  readonly jobId: string;
};

/** Input of completePhotoUploads. */
export type CompletePhotoUploadsInput = {
  /** The photo set. */
  readonly photoSetId: string;
};

/** Input of createApiKey. */
export type CreateApiKeyInput = {
  /** What it is made for. */
  readonly environment?: ApiKeyEnvironment | null | undefined;
  /** When it expires; by default never. */
  readonly expiresAt?: string | null | undefined;
  /** Its purpose, at most 100 characters. */
  readonly name: string;
  /** What it may do. */
  readonly scopes: ReadonlyArray<ApiKeyScope>;
};

/** Input of createSubject. */
export type CreateSubjectInput = {
  /** What it is, as a noun in a prompt: person, cat, backpack. */
  readonly classNoun: string;
  /** Idempotency key, at most 255 characters. Within 24 hours, a repeated request with the same key and input returns the stored result and does nothing. */
  readonly idempotencyKey?: string | null | undefined;
  /** Whether it is a person. Training on a person's photos requires consent. */
  readonly isPerson: boolean;
  /** Its name, at most 100 characters. */
  readonly name: string;
};

/** Input of createTenant. */
export type CreateTenantInput = {
  /** Its name, at most 100 characters. */
  readonly name: string;
};

/** Input of deleteAdapter. */
export type DeleteAdapterInput = {
  /** The adapter. */
  readonly adapterId: string;
};

/** Input of deleteSubject. */
export type DeleteSubjectInput = {
  /** The subject. */
  readonly subjectId: string;
};

/** Input of estimateTraining. */
export type EstimateTrainingInput = {
  /** The base model to train for; by default the first one. */
  readonly baseModelId?: string | null | undefined;
  /** Batch size, in photos per step; by default the method's own. */
  readonly batch?: number | null | undefined;
  /** Learning rate; by default the method's own. */
  readonly learningRate?: number | null | undefined;
  /** Name of the method. */
  readonly method?: string | null | undefined;
  /** Options of the method; see `methods`. */
  readonly options?: unknown;
  /** The complete photo set to train on. */
  readonly photoSetId: string;
  /** Steps between previews. */
  readonly previewEvery?: number | null | undefined;
  /** Prompts of previews to draw during the training, at most 4. */
  readonly previewPrompts?: ReadonlyArray<string> | null | undefined;
  /** Optimizer steps; by default the method's own. */
  readonly steps?: number | null | undefined;
};

/** Input of exportAdapter. */
export type ExportAdapterInput = {
  /** The format to write. */
  readonly format?: AdapterFormat | null | undefined;
  /** The version. */
  readonly versionId: string;
};

/** Input of generate. */
export type GenerateInput = {
  /** The base model to draw with; by default that of the adapters, or the first one. */
  readonly baseModelId?: string | null | undefined;
  /** Idempotency key, at most 255 characters. Within 24 hours, a repeated request with the same key and input returns the stored result and does nothing. */
  readonly idempotencyKey: string;
  /** The images, at most 16. */
  readonly images: ReadonlyArray<ImageInput>;
};

/** Filter for generations; all conditions must hold. */
export type GenerationFilter = {
  /** Only what was created at this time or later. */
  readonly createdAfter?: string | null | undefined;
  /** Only what was created before this time. */
  readonly createdBefore?: string | null | undefined;
  /** One of these states. */
  readonly states?: ReadonlyArray<JobState> | null | undefined;
  /** The subject that they draw or may show. */
  readonly subjectId?: string | null | undefined;
  /** An adapter version that is used. */
  readonly versionId?: string | null | undefined;
};

/** Filter for images; all conditions must hold. */
export type ImageFilter = {
  /** Only what was created at this time or later. */
  readonly createdAfter?: string | null | undefined;
  /** Only what was created before this time. */
  readonly createdBefore?: string | null | undefined;
  /** The subject. */
  readonly subjectId?: string | null | undefined;
  /** The adapter version that was used. */
  readonly versionId?: string | null | undefined;
};

/** An image to draw. */
export type ImageInput = {
  /** The adapter to draw with; by default none. */
  readonly adapter?: AdapterUseInput | null | undefined;
  /** Classifier-free guidance scale. 1 or less disables guidance, which halves the cost. */
  readonly guidance?: number | null | undefined;
  /** Height in pixels, a multiple of the base model's `sizeStep`; by default its `size`. */
  readonly height?: number | null | undefined;
  /** An image to start from instead of noise. */
  readonly init?: InitImageInput | null | undefined;
  /** What happens to words of either prompt beyond the text encoder's 75 tokens. */
  readonly longPrompt?: LongPrompt | null | undefined;
  /** The negative prompt: what to avoid. Parts can be weighted as in the prompt. */
  readonly negative?: string | null | undefined;
  /** The prompt, at most 1000 characters. Parts can be weighted: `(word:1.2)` by the given factor, `(word)` by 1.1, `[word]` by 1/1.1; nested weights multiply. Escape a literal bracket with a backslash. `BREAK` begins a new chunk; see `longPrompt`. */
  readonly prompt: string;
  /** Guidance rescale (arXiv 2305.08891), 0 to 1. Reduces oversaturation at high guidance. */
  readonly rescale?: number | null | undefined;
  /** Name of the sampler; see `schedulers`. */
  readonly scheduler?: string | null | undefined;
  /** Seed of the noise; by default random. */
  readonly seed?: number | null | undefined;
  /** Denoising steps. */
  readonly steps?: number | null | undefined;
  /** Width in pixels, a multiple of the base model's `sizeStep`; by default its `size`. Width times height is at most its `maxPixels`. */
  readonly width?: number | null | undefined;
};

/** Input of importAdapter. */
export type ImportAdapterInput = {
  /** The adapter to add a version to; by default that of this name, subject, base model and method, which is created if there is none. */
  readonly adapterId?: string | null | undefined;
  /** The base model it belongs to; by default the first one. */
  readonly baseModelId?: string | null | undefined;
  /** For PEFT: the uploaded adapter_config.json. */
  readonly configUploadId?: string | null | undefined;
  /** Name of the original file. Include its folder if that names the model component: `unet/adapter_model.safetensors`. An embedding without a token is called by its file name. */
  readonly fileName?: string | null | undefined;
  /** Idempotency key, at most 255 characters. Within 24 hours, a repeated request with the same key and input returns the stored result and does nothing. */
  readonly idempotencyKey: string;
  /** Further files of the same adapter: learned_embeds_2.safetensors of an SDXL embedding, or the other model components in PEFT format. */
  readonly moreFiles?: ReadonlyArray<AdapterFileInput> | null | undefined;
  /** Name of the adapter, unless `adapterId` is given; by default the subject's name. */
  readonly name?: string | null | undefined;
  /** The phrase that refers to the subject in prompts, if the file does not state it; by default `sks` and the class noun. */
  readonly phrase?: string | null | undefined;
  /** The subject that the new adapter draws. A person must have given a consent that is not revoked. */
  readonly subjectId?: string | null | undefined;
  /** The uploaded safetensors file, in any format that exportAdapter writes; the format is detected. If a tensor fits no layer of the base model, nothing is imported. Pickle files (.bin, .pt, .ckpt) are refused. */
  readonly uploadId: string;
};

/** An image to start from: a photo or an earlier image of the tenant. It is resized to cover the width and height of the drawing and cropped around its centre, never stretched. A person in it must have given a consent that is not revoked. */
export type InitImageInput = {
  /** An image drawn earlier. Give either this or `photoId`. */
  readonly imageId?: string | null | undefined;
  /** An accepted photo. Give either this or `imageId`. */
  readonly photoId?: string | null | undefined;
  /** Fraction of the steps that are taken, above 0 (keeps the image) up to 1 (redraws all of it). */
  readonly strength?: number | null | undefined;
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

/** What happens to words of a prompt beyond the text encoder's length. */
export type LongPrompt =
  /** They are read in further chunks of 75 tokens, at most 16 chunks; `BREAK` begins a new chunk. */
  | 'CHUNKS'
  /** They have no effect, and `BREAK` is a word like any other. */
  | 'CUT';

/** Caption of a photo. */
export type PhotoCaptionInput = {
  /** The photo. */
  readonly photoId: string;
  /** The caption. It should contain the phrase that refers to the subject. */
  readonly text: string;
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
  readonly bytes: number;
  /** image/jpeg, image/png, image/webp or image/avif. */
  readonly contentType: string;
  /** Name of the file, at most 255 characters. */
  readonly fileName: string;
  /** SHA-256 of the file in hexadecimal; if given, any other file is refused. */
  readonly sha256?: string | null | undefined;
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

/** Input of promoteVersion. */
export type PromoteVersionInput = {
  /** The version. */
  readonly versionId: string;
};

/** Input of recordConsent. */
export type RecordConsentInput = {
  /** Who agreed. */
  readonly grantedBy: string;
  /** The complete photo set that it covers. */
  readonly photoSetId: string;
  /** The text that was agreed to, at most 10000 characters. */
  readonly statement: string;
};

/** Input of requestAdapterUpload. */
export type RequestAdapterUploadInput = {
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** SHA-256 of the file in hexadecimal; if given, any other file is refused. */
  readonly sha256?: string | null | undefined;
};

/** Input of requestPhotoUploads. */
export type RequestPhotoUploadsInput = {
  /** The photos to upload, in order; may be empty if photos are kept. */
  readonly files: ReadonlyArray<PhotoFileInput>;
  /** Accepted photos of earlier sets of the subject that the new set has, too. They come before the uploads. */
  readonly keepPhotoIds?: ReadonlyArray<string> | null | undefined;
  /** The subject that the photos show. */
  readonly subjectId: string;
};

/** Input of retryJob. */
export type RetryJobInput = {
  /** Idempotency key, at most 255 characters. Within 24 hours, a repeated request with the same key and input returns the stored result and does nothing. */
  readonly idempotencyKey: string;
  /** The job. */
  readonly jobId: string;
};

/** Input of revokeApiKey. */
export type RevokeApiKeyInput = {
  /** The key. */
  readonly apiKeyId: string;
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
  readonly apiKeyId: string;
  /** Seconds for which the old key stays valid, at most 7 days. */
  readonly graceSeconds?: number | null | undefined;
};

/** Input of setAlias. */
export type SetAliasInput = {
  /** The adapter. */
  readonly adapterId: string;
  /** Its name: at most 50 letters, digits, - and _; not `latest`. */
  readonly name: string;
  /** The version to point at; null to remove the alias. */
  readonly versionId?: string | null | undefined;
};

/** Input of signIn. */
export type SignInInput = {
  /** E-mail address. */
  readonly email: string;
  /** Password. */
  readonly password: string;
};

/** Input of signOut. */
export type SignOutInput = {
  /** Whether to end all sessions of the user. */
  readonly everywhere?: boolean | null | undefined;
  /** Session to end instead of this one. */
  readonly sessionId?: string | null | undefined;
};

/** Input of signUp. */
export type SignUpInput = {
  /** E-mail address. */
  readonly email: string;
  /** Token of an invitation for this address, which is still to be accepted; needed where sign-up is closed. */
  readonly inviteToken?: string | null | undefined;
  /** Full name. */
  readonly name: string;
  /** Password of 10 to 200 characters. */
  readonly password: string;
  /** Name of a tenant to create, with the user as its owner. */
  readonly tenantName?: string | null | undefined;
};

/** Input of startTraining. */
export type StartTrainingInput = {
  /** Name of the adapter that gets the new version; by default the subject's name. */
  readonly adapterName?: string | null | undefined;
  /** The base model to train for; by default the first one. */
  readonly baseModelId?: string | null | undefined;
  /** Batch size, in photos per step; by default the method's own. */
  readonly batch?: number | null | undefined;
  /** Captions of photos; by default `a photo of <token> <class noun>`. */
  readonly captions?: ReadonlyArray<PhotoCaptionInput> | null | undefined;
  /** Steps between checkpoints. */
  readonly checkpointEvery?: number | null | undefined;
  /** How photos that are not square are cut; by default ASPECT for a full-size base model and SQUARE for a small one, which knows squares alone. */
  readonly crop?: PhotoCrop | null | undefined;
  /** Idempotency key, at most 255 characters. Within 24 hours, a repeated request with the same key and input returns the stored result and does nothing. */
  readonly idempotencyKey: string;
  /** Learning rate; by default the method's own. */
  readonly learningRate?: number | null | undefined;
  /** Name of the method. */
  readonly method?: string | null | undefined;
  /** Options of the method; see `methods`. */
  readonly options?: unknown;
  /** The complete photo set to train on. */
  readonly photoSetId: string;
  /** Steps between previews. */
  readonly previewEvery?: number | null | undefined;
  /** Prompts of previews to draw during the training, at most 4. */
  readonly previewPrompts?: ReadonlyArray<string> | null | undefined;
  /** Seed of all random numbers. */
  readonly seed?: number | null | undefined;
  /** Optimizer steps; by default the method's own. */
  readonly steps?: number | null | undefined;
  /** A rare word that will refer to the subject in prompts, written before the class noun. */
  readonly token?: string | null | undefined;
};

/** Filter for trainings; all conditions must hold. */
export type TrainingJobFilter = {
  /** Only what was created at this time or later. */
  readonly createdAfter?: string | null | undefined;
  /** Only what was created before this time. */
  readonly createdBefore?: string | null | undefined;
  /** One of these states. */
  readonly states?: ReadonlyArray<JobState> | null | undefined;
  /** The subject. */
  readonly subjectId?: string | null | undefined;
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

export type ServiceQueryVariables = Exact<{ [key: string]: never; }>;


export type ServiceQuery = { readonly service: { readonly version: string, readonly limits: { readonly photosPerSet: number, readonly photoBytes: number, readonly adapterBytes: number, readonly imagesPerGeneration: number } } };

export type IdentityQueryVariables = Exact<{ [key: string]: never; }>;


export type IdentityQuery = { readonly me: { readonly id: string, readonly name: string, readonly email: string | null, readonly memberships: ReadonlyArray<{ readonly role: Role, readonly tenant: { readonly id: string, readonly name: string } }> } | null, readonly currentKey: { readonly id: string, readonly name: string, readonly prefix: string, readonly environment: ApiKeyEnvironment, readonly scopes: ReadonlyArray<ApiKeyScope>, readonly expiresAt: string | null } | null };

export type WorkspaceQueryVariables = Exact<{ [key: string]: never; }>;


export type WorkspaceQuery = { readonly tenant: { readonly id: string, readonly name: string } | null };

export type SignUpMutationVariables = Exact<{
  input: SignUpInput;
}>;


export type SignUpMutation = { readonly signUp:
    | { readonly __typename: 'ConflictError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'SignUpSuccess', readonly user: { readonly id: string }, readonly tenant: { readonly id: string, readonly name: string } | null }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { readonly signIn:
    | { readonly __typename: 'CredentialsError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'SignInSuccess', readonly user: { readonly id: string, readonly name: string, readonly email: string | null, readonly memberships: ReadonlyArray<{ readonly role: Role, readonly tenant: { readonly id: string, readonly name: string } }> } }
   };

export type SignOutMutationVariables = Exact<{
  input: SignOutInput;
}>;


export type SignOutMutation = { readonly signOut:
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'SignOutSuccess', readonly ended: number }
   };

export type CreateTenantMutationVariables = Exact<{
  input: CreateTenantInput;
}>;


export type CreateTenantMutation = { readonly createTenant:
    | { readonly __typename: 'CreateTenantSuccess', readonly tenant: { readonly id: string, readonly name: string } }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type SubjectsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  nameContains?: string | null | undefined;
}>;


export type SubjectsQuery = { readonly subjects: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly classNoun: string, readonly isPerson: boolean, readonly createdAt: string }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type SubjectByIdQueryVariables = Exact<{
  id: string;
}>;


export type SubjectByIdQuery = { readonly node:
    | { readonly __typename: 'Adapter' }
    | { readonly __typename: 'AdapterVersion' }
    | { readonly __typename: 'ApiKey' }
    | { readonly __typename: 'AuditEntry' }
    | { readonly __typename: 'BaseModel' }
    | { readonly __typename: 'Consent' }
    | { readonly __typename: 'DeletionReceipt' }
    | { readonly __typename: 'Generation' }
    | { readonly __typename: 'Image' }
    | { readonly __typename: 'Invitation' }
    | { readonly __typename: 'JobEvent' }
    | { readonly __typename: 'Membership' }
    | { readonly __typename: 'Photo' }
    | { readonly __typename: 'PhotoSet' }
    | { readonly __typename: 'Session' }
    | { readonly __typename: 'Subject', readonly id: string, readonly name: string, readonly classNoun: string, readonly isPerson: boolean, readonly createdAt: string }
    | { readonly __typename: 'Tenant' }
    | { readonly __typename: 'TrainingJob' }
    | { readonly __typename: 'User' }
   | null };

export type CreateSubjectMutationVariables = Exact<{
  input: CreateSubjectInput;
}>;


export type CreateSubjectMutation = { readonly createSubject:
    | { readonly __typename: 'ConflictError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'CreateSubjectSuccess', readonly subject: { readonly id: string, readonly name: string, readonly classNoun: string, readonly isPerson: boolean, readonly createdAt: string } }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type DeleteSubjectMutationVariables = Exact<{
  input: DeleteSubjectInput;
}>;


export type DeleteSubjectMutation = { readonly deleteSubject:
    | { readonly __typename: 'DeleteSubjectSuccess', readonly receipt: { readonly id: string, readonly subjectId: string, readonly receipt: unknown, readonly createdAt: string } }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type RequestPhotoUploadsMutationVariables = Exact<{
  input: RequestPhotoUploadsInput;
}>;


export type RequestPhotoUploadsMutation = { readonly requestPhotoUploads:
    | { readonly __typename: 'LimitError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'RequestPhotoUploadsSuccess', readonly photoSet: { readonly id: string }, readonly uploads: ReadonlyArray<{ readonly photo: { readonly id: string, readonly position: number, readonly fileName: string }, readonly form: { readonly url: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly value: string }> } | null }> }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type CompletePhotoUploadsMutationVariables = Exact<{
  input: CompletePhotoUploadsInput;
}>;


export type CompletePhotoUploadsMutation = { readonly completePhotoUploads:
    | { readonly __typename: 'CompletePhotoUploadsSuccess', readonly accepted: number, readonly rejected: number, readonly photoSet: { readonly id: string, readonly state: PhotoSetState, readonly photos: ReadonlyArray<{ readonly id: string, readonly position: number, readonly fileName: string, readonly state: PhotoState, readonly verdict: PhotoVerdict | null, readonly reason: string | null }> } }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type RecordConsentMutationVariables = Exact<{
  input: RecordConsentInput;
}>;


export type RecordConsentMutation = { readonly recordConsent:
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'RecordConsentSuccess', readonly consent: { readonly id: string } }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type EstimateTrainingMutationVariables = Exact<{
  input: EstimateTrainingInput;
}>;


export type EstimateTrainingMutation = { readonly estimateTraining:
    | { readonly __typename: 'ConsentError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'EstimateTrainingSuccess', readonly estimate: { readonly steps: number, readonly workUnits: number, readonly seconds: number, readonly queued: number, readonly waitSeconds: number | null } }
    | { readonly __typename: 'LimitError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type StartTrainingMutationVariables = Exact<{
  input: StartTrainingInput;
}>;


export type StartTrainingMutation = { readonly startTraining:
    | { readonly __typename: 'ConflictError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ConsentError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'LimitError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'StartTrainingSuccess', readonly job: { readonly id: string, readonly state: JobState, readonly workUnits: number, readonly warnings: ReadonlyArray<{ readonly code: string, readonly message: string }> } }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type CancelJobMutationVariables = Exact<{
  input: CancelJobInput;
}>;


export type CancelJobMutation = { readonly cancelJob:
    | { readonly __typename: 'CancelJobSuccess', readonly job:
        | { readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null }
        | { readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null }
       }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type GenerateMutationVariables = Exact<{
  input: GenerateInput;
}>;


export type GenerateMutation = { readonly generate:
    | { readonly __typename: 'ConflictError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ConsentError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'GenerateSuccess', readonly generation: { readonly id: string, readonly state: JobState, readonly workUnits: number, readonly requests: ReadonlyArray<{ readonly alias: string | null, readonly version: { readonly id: string, readonly number: number, readonly adapter: { readonly name: string } } | null }> } }
    | { readonly __typename: 'LimitError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type JobByIdQueryVariables = Exact<{
  id: string;
}>;


export type JobByIdQuery = { readonly node:
    | { readonly __typename: 'Adapter' }
    | { readonly __typename: 'AdapterVersion' }
    | { readonly __typename: 'ApiKey' }
    | { readonly __typename: 'AuditEntry' }
    | { readonly __typename: 'BaseModel' }
    | { readonly __typename: 'Consent' }
    | { readonly __typename: 'DeletionReceipt' }
    | { readonly __typename: 'Generation', readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null, readonly code: string | null, readonly queuePosition: number | null, readonly waitingFor: JobWait | null, readonly progress: { readonly step: number, readonly steps: number } | null, readonly images: ReadonlyArray<{ readonly id: string, readonly position: number, readonly prompt: string, readonly seed: number, readonly width: number, readonly height: number, readonly bytes: number, readonly sha256: string, readonly url: string, readonly createdAt: string }> }
    | { readonly __typename: 'Image' }
    | { readonly __typename: 'Invitation' }
    | { readonly __typename: 'JobEvent' }
    | { readonly __typename: 'Membership' }
    | { readonly __typename: 'Photo' }
    | { readonly __typename: 'PhotoSet' }
    | { readonly __typename: 'Session' }
    | { readonly __typename: 'Subject' }
    | { readonly __typename: 'Tenant' }
    | { readonly __typename: 'TrainingJob', readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null, readonly code: string | null, readonly queuePosition: number | null, readonly waitingFor: JobWait | null, readonly progress: { readonly step: number, readonly steps: number } | null, readonly subject: { readonly id: string, readonly name: string }, readonly settings: { readonly phrase: string }, readonly version: { readonly id: string, readonly number: number, readonly sha256: string, readonly bytes: number, readonly adapter: { readonly id: string, readonly name: string } } | null }
    | { readonly __typename: 'User' }
   | null };

export type RetryJobMutationVariables = Exact<{
  input: RetryJobInput;
}>;


export type RetryJobMutation = { readonly retryJob:
    | { readonly __typename: 'ConflictError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ConsentError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'LimitError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'RetryJobSuccess', readonly job:
        | { readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null }
        | { readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null }
       }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type TrainingsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: TrainingJobFilter | null | undefined;
}>;


export type TrainingsQuery = { readonly trainingJobs: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null, readonly code: string | null, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly progress: { readonly step: number, readonly steps: number } | null, readonly subject: { readonly id: string, readonly name: string }, readonly settings: { readonly method: string }, readonly version: { readonly id: string, readonly number: number, readonly adapter: { readonly id: string, readonly name: string } } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type GenerationsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: GenerationFilter | null | undefined;
}>;


export type GenerationsQuery = { readonly generations: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null, readonly code: string | null, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly progress: { readonly step: number, readonly steps: number } | null, readonly requests: ReadonlyArray<{ readonly prompt: string }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type TrainingPreviewsQueryVariables = Exact<{
  id: string;
}>;


export type TrainingPreviewsQuery = { readonly node:
    | { readonly __typename: 'Adapter' }
    | { readonly __typename: 'AdapterVersion' }
    | { readonly __typename: 'ApiKey' }
    | { readonly __typename: 'AuditEntry' }
    | { readonly __typename: 'BaseModel' }
    | { readonly __typename: 'Consent' }
    | { readonly __typename: 'DeletionReceipt' }
    | { readonly __typename: 'Generation' }
    | { readonly __typename: 'Image' }
    | { readonly __typename: 'Invitation' }
    | { readonly __typename: 'JobEvent' }
    | { readonly __typename: 'Membership' }
    | { readonly __typename: 'Photo' }
    | { readonly __typename: 'PhotoSet' }
    | { readonly __typename: 'Session' }
    | { readonly __typename: 'Subject' }
    | { readonly __typename: 'Tenant' }
    | { readonly __typename: 'TrainingJob', readonly id: string, readonly settings: { readonly previewEvery: number }, readonly previews: ReadonlyArray<{ readonly id: string, readonly state: JobState, readonly images: ReadonlyArray<{ readonly id: string, readonly position: number, readonly prompt: string, readonly seed: number, readonly width: number, readonly height: number, readonly bytes: number, readonly sha256: string, readonly url: string, readonly createdAt: string }> }> }
    | { readonly __typename: 'User' }
   | null };

export type ImagesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: ImageFilter | null | undefined;
}>;


export type ImagesQuery = { readonly images: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly position: number, readonly prompt: string, readonly seed: number, readonly width: number, readonly height: number, readonly bytes: number, readonly sha256: string, readonly url: string, readonly createdAt: string }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ImageByIdQueryVariables = Exact<{
  id: string;
}>;


export type ImageByIdQuery = { readonly node:
    | { readonly __typename: 'Adapter' }
    | { readonly __typename: 'AdapterVersion' }
    | { readonly __typename: 'ApiKey' }
    | { readonly __typename: 'AuditEntry' }
    | { readonly __typename: 'BaseModel' }
    | { readonly __typename: 'Consent' }
    | { readonly __typename: 'DeletionReceipt' }
    | { readonly __typename: 'Generation' }
    | { readonly __typename: 'Image', readonly id: string, readonly position: number, readonly prompt: string, readonly seed: number, readonly width: number, readonly height: number, readonly bytes: number, readonly sha256: string, readonly url: string, readonly createdAt: string }
    | { readonly __typename: 'Invitation' }
    | { readonly __typename: 'JobEvent' }
    | { readonly __typename: 'Membership' }
    | { readonly __typename: 'Photo' }
    | { readonly __typename: 'PhotoSet' }
    | { readonly __typename: 'Session' }
    | { readonly __typename: 'Subject' }
    | { readonly __typename: 'Tenant' }
    | { readonly __typename: 'TrainingJob' }
    | { readonly __typename: 'User' }
   | null };

export type SubjectDetailQueryVariables = Exact<{
  id: string;
}>;


export type SubjectDetailQuery = { readonly node:
    | { readonly __typename: 'Adapter' }
    | { readonly __typename: 'AdapterVersion' }
    | { readonly __typename: 'ApiKey' }
    | { readonly __typename: 'AuditEntry' }
    | { readonly __typename: 'BaseModel' }
    | { readonly __typename: 'Consent' }
    | { readonly __typename: 'DeletionReceipt' }
    | { readonly __typename: 'Generation' }
    | { readonly __typename: 'Image' }
    | { readonly __typename: 'Invitation' }
    | { readonly __typename: 'JobEvent' }
    | { readonly __typename: 'Membership' }
    | { readonly __typename: 'Photo' }
    | { readonly __typename: 'PhotoSet' }
    | { readonly __typename: 'Session' }
    | { readonly __typename: 'Subject', readonly id: string, readonly name: string, readonly classNoun: string, readonly isPerson: boolean, readonly createdAt: string, readonly photoSets: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: PhotoSetState, readonly createdAt: string, readonly photos: ReadonlyArray<{ readonly id: string, readonly fileName: string, readonly state: PhotoState, readonly verdict: PhotoVerdict | null }> }> }, readonly consents: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly grantedBy: string, readonly recordedAt: string, readonly revokedAt: string | null, readonly photoSet: { readonly id: string } }> }, readonly trainingJobs: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null, readonly code: string | null, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly progress: { readonly step: number, readonly steps: number } | null, readonly subject: { readonly id: string, readonly name: string }, readonly settings: { readonly method: string }, readonly version: { readonly id: string, readonly number: number, readonly adapter: { readonly id: string, readonly name: string } } | null }> }, readonly adapters: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly method: string }> } }
    | { readonly __typename: 'Tenant' }
    | { readonly __typename: 'TrainingJob' }
    | { readonly __typename: 'User' }
   | null };

export type AdapterDetailQueryVariables = Exact<{
  id: string;
}>;


export type AdapterDetailQuery = { readonly node:
    | { readonly __typename: 'Adapter', readonly id: string, readonly name: string, readonly method: string, readonly createdAt: string, readonly subject: { readonly id: string, readonly name: string } | null, readonly baseModel: { readonly id: string, readonly name: string, readonly size: number }, readonly aliases: ReadonlyArray<{ readonly name: string, readonly version: { readonly id: string, readonly number: number } }>, readonly versions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly number: number, readonly sha256: string, readonly bytes: number, readonly format: string, readonly createdAt: string, readonly manifest: unknown, readonly trainingJob: { readonly id: string } | null }> } }
    | { readonly __typename: 'AdapterVersion' }
    | { readonly __typename: 'ApiKey' }
    | { readonly __typename: 'AuditEntry' }
    | { readonly __typename: 'BaseModel' }
    | { readonly __typename: 'Consent' }
    | { readonly __typename: 'DeletionReceipt' }
    | { readonly __typename: 'Generation' }
    | { readonly __typename: 'Image' }
    | { readonly __typename: 'Invitation' }
    | { readonly __typename: 'JobEvent' }
    | { readonly __typename: 'Membership' }
    | { readonly __typename: 'Photo' }
    | { readonly __typename: 'PhotoSet' }
    | { readonly __typename: 'Session' }
    | { readonly __typename: 'Subject' }
    | { readonly __typename: 'Tenant' }
    | { readonly __typename: 'TrainingJob' }
    | { readonly __typename: 'User' }
   | null };

export type TenantEventsSubscriptionVariables = Exact<{
  after?: number | null | undefined;
}>;


export type TenantEventsSubscription = { readonly tenantEvents: { readonly number: number, readonly type: JobEventType, readonly attempt: number, readonly state: JobState | null, readonly reason: string | null, readonly step: number | null, readonly steps: number | null, readonly loss: number | null, readonly remainingSeconds: number | null, readonly payload: unknown, readonly at: string, readonly job:
      | { readonly id: string, readonly kind: JobKind }
      | { readonly id: string, readonly kind: JobKind }
     | null } };

export type JobEventsSubscriptionVariables = Exact<{
  jobId: string;
  after?: number | null | undefined;
}>;


export type JobEventsSubscription = { readonly jobEvents: { readonly number: number, readonly type: JobEventType, readonly attempt: number, readonly state: JobState | null, readonly reason: string | null, readonly step: number | null, readonly steps: number | null, readonly loss: number | null, readonly remainingSeconds: number | null, readonly payload: unknown, readonly at: string } };

export type AdaptersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: AdapterFilter | null | undefined;
}>;


export type AdaptersQuery = { readonly adapters: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly method: string, readonly createdAt: string, readonly subject: { readonly id: string, readonly name: string } | null, readonly baseModel: { readonly id: string, readonly name: string }, readonly aliases: ReadonlyArray<{ readonly name: string, readonly version: { readonly id: string, readonly number: number } }>, readonly versions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly number: number, readonly sha256: string, readonly bytes: number, readonly format: string, readonly createdAt: string }> } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type AdapterByIdQueryVariables = Exact<{
  id: string;
}>;


export type AdapterByIdQuery = { readonly node:
    | { readonly __typename: 'Adapter', readonly id: string, readonly name: string, readonly method: string, readonly createdAt: string, readonly subject: { readonly id: string, readonly name: string } | null, readonly baseModel: { readonly id: string, readonly name: string }, readonly aliases: ReadonlyArray<{ readonly name: string, readonly version: { readonly id: string, readonly number: number } }>, readonly versions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly number: number, readonly sha256: string, readonly bytes: number, readonly format: string, readonly createdAt: string }> } }
    | { readonly __typename: 'AdapterVersion' }
    | { readonly __typename: 'ApiKey' }
    | { readonly __typename: 'AuditEntry' }
    | { readonly __typename: 'BaseModel' }
    | { readonly __typename: 'Consent' }
    | { readonly __typename: 'DeletionReceipt' }
    | { readonly __typename: 'Generation' }
    | { readonly __typename: 'Image' }
    | { readonly __typename: 'Invitation' }
    | { readonly __typename: 'JobEvent' }
    | { readonly __typename: 'Membership' }
    | { readonly __typename: 'Photo' }
    | { readonly __typename: 'PhotoSet' }
    | { readonly __typename: 'Session' }
    | { readonly __typename: 'Subject' }
    | { readonly __typename: 'Tenant' }
    | { readonly __typename: 'TrainingJob' }
    | { readonly __typename: 'User' }
   | null };

export type PromoteVersionMutationVariables = Exact<{
  input: PromoteVersionInput;
}>;


export type PromoteVersionMutation = { readonly promoteVersion:
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'PromoteVersionSuccess', readonly alias: { readonly name: string, readonly version: { readonly id: string, readonly number: number } } }
   };

export type SetAliasMutationVariables = Exact<{
  input: SetAliasInput;
}>;


export type SetAliasMutation = { readonly setAlias:
    | { readonly __typename: 'LimitError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'SetAliasSuccess', readonly alias: { readonly name: string, readonly version: { readonly id: string, readonly number: number } } | null }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type RequestAdapterUploadMutationVariables = Exact<{
  input: RequestAdapterUploadInput;
}>;


export type RequestAdapterUploadMutation = { readonly requestAdapterUpload:
    | { readonly __typename: 'LimitError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'RequestAdapterUploadSuccess', readonly uploadId: string, readonly form: { readonly url: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly value: string }> } }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type ImportAdapterMutationVariables = Exact<{
  input: ImportAdapterInput;
}>;


export type ImportAdapterMutation = { readonly importAdapter:
    | { readonly __typename: 'ConflictError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ConsentError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ImportAdapterSuccess', readonly version: { readonly id: string, readonly number: number, readonly sha256: string, readonly bytes: number, readonly format: string, readonly adapter: { readonly id: string, readonly name: string } } }
    | { readonly __typename: 'LimitError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type ExportAdapterMutationVariables = Exact<{
  input: ExportAdapterInput;
}>;


export type ExportAdapterMutation = { readonly exportAdapter:
    | { readonly __typename: 'ConsentError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ExportAdapterSuccess', readonly files: ReadonlyArray<{ readonly fileName: string, readonly url: string, readonly bytes: number, readonly sha256: string }> }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type DeleteAdapterMutationVariables = Exact<{
  input: DeleteAdapterInput;
}>;


export type DeleteAdapterMutation = { readonly deleteAdapter:
    | { readonly __typename: 'DeleteAdapterSuccess', readonly deletedId: string }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type BaseModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type BaseModelsQuery = { readonly baseModels: ReadonlyArray<{ readonly id: string, readonly name: string, readonly family: string, readonly size: number, readonly sizeStep: number, readonly maxPixels: number, readonly parameters: number }> };

export type ApiKeysQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ApiKeysQuery = { readonly tenant: { readonly apiKeys: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly prefix: string, readonly environment: ApiKeyEnvironment, readonly scopes: ReadonlyArray<ApiKeyScope>, readonly expiresAt: string | null, readonly lastUsedAt: string | null, readonly revokedAt: string | null, readonly createdAt: string }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { readonly createApiKey:
    | { readonly __typename: 'CreateApiKeySuccess', readonly secret: string, readonly apiKey: { readonly id: string, readonly name: string, readonly prefix: string, readonly environment: ApiKeyEnvironment, readonly scopes: ReadonlyArray<ApiKeyScope>, readonly expiresAt: string | null, readonly lastUsedAt: string | null, readonly revokedAt: string | null, readonly createdAt: string } }
    | { readonly __typename: 'LimitError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'RightsError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type RotateApiKeyMutationVariables = Exact<{
  input: RotateApiKeyInput;
}>;


export type RotateApiKeyMutation = { readonly rotateApiKey:
    | { readonly __typename: 'LimitError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'RightsError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'RotateApiKeySuccess', readonly secret: string, readonly apiKey: { readonly id: string, readonly name: string, readonly prefix: string, readonly environment: ApiKeyEnvironment, readonly scopes: ReadonlyArray<ApiKeyScope>, readonly expiresAt: string | null, readonly lastUsedAt: string | null, readonly revokedAt: string | null, readonly createdAt: string } }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type RevokeApiKeyMutationVariables = Exact<{
  input: RevokeApiKeyInput;
}>;


export type RevokeApiKeyMutation = { readonly revokeApiKey:
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'RevokeApiKeySuccess', readonly apiKey: { readonly id: string, readonly name: string, readonly prefix: string, readonly environment: ApiKeyEnvironment, readonly scopes: ReadonlyArray<ApiKeyScope>, readonly expiresAt: string | null, readonly lastUsedAt: string | null, readonly revokedAt: string | null, readonly createdAt: string } }
    | { readonly __typename: 'RightsError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type TrainingRowFragment = { readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null, readonly code: string | null, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly progress: { readonly step: number, readonly steps: number } | null, readonly subject: { readonly id: string, readonly name: string }, readonly settings: { readonly method: string }, readonly version: { readonly id: string, readonly number: number, readonly adapter: { readonly id: string, readonly name: string } } | null };

export type GenerationRowFragment = { readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null, readonly code: string | null, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly progress: { readonly step: number, readonly steps: number } | null, readonly requests: ReadonlyArray<{ readonly prompt: string }> };

export type ImageFactsFragment = { readonly id: string, readonly position: number, readonly prompt: string, readonly seed: number, readonly width: number, readonly height: number, readonly bytes: number, readonly sha256: string, readonly url: string, readonly createdAt: string };

type Fault_ConflictError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_ConsentError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_CredentialsError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_LimitError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_NotFoundError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_RightsError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_ValidationError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

export type FaultFragment =
  | Fault_ConflictError_Fragment
  | Fault_ConsentError_Fragment
  | Fault_CredentialsError_Fragment
  | Fault_LimitError_Fragment
  | Fault_NotFoundError_Fragment
  | Fault_RightsError_Fragment
  | Fault_ValidationError_Fragment
;

export type SubjectFactsFragment = { readonly id: string, readonly name: string, readonly classNoun: string, readonly isPerson: boolean, readonly createdAt: string };

export type FormFactsFragment = { readonly url: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly value: string }> };

export type AdapterFactsFragment = { readonly id: string, readonly name: string, readonly method: string, readonly createdAt: string, readonly subject: { readonly id: string, readonly name: string } | null, readonly baseModel: { readonly id: string, readonly name: string }, readonly aliases: ReadonlyArray<{ readonly name: string, readonly version: { readonly id: string, readonly number: number } }>, readonly versions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly number: number, readonly sha256: string, readonly bytes: number, readonly format: string, readonly createdAt: string }> } };

export type KeyFactsFragment = { readonly id: string, readonly name: string, readonly prefix: string, readonly environment: ApiKeyEnvironment, readonly scopes: ReadonlyArray<ApiKeyScope>, readonly expiresAt: string | null, readonly lastUsedAt: string | null, readonly revokedAt: string | null, readonly createdAt: string };

export const Service: Operation<ServiceQuery, ServiceQueryVariables> = {"name":"Service","kind":"query","text":"query Service{service{version limits{photosPerSet photoBytes adapterBytes imagesPerGeneration}}}"}

export const Identity: Operation<IdentityQuery, IdentityQueryVariables> = {"name":"Identity","kind":"query","text":"query Identity{me{id name email memberships{role tenant{id name}}}currentKey{id name prefix environment scopes expiresAt}}"}

export const Workspace: Operation<WorkspaceQuery, WorkspaceQueryVariables> = {"name":"Workspace","kind":"query","text":"query Workspace{tenant{id name}}"}

export const SignUp: Operation<SignUpMutation, SignUpMutationVariables> = {"name":"SignUp","kind":"mutation","text":"mutation SignUp($input:SignUpInput!){signUp(input:$input){__typename ...on SignUpSuccess{user{id}tenant{id name}}...Fault}}fragment Fault on UserError{message path code}"}

export const SignIn: Operation<SignInMutation, SignInMutationVariables> = {"name":"SignIn","kind":"mutation","text":"mutation SignIn($input:SignInInput!){signIn(input:$input){__typename ...on SignInSuccess{user{id name email memberships{role tenant{id name}}}}...Fault}}fragment Fault on UserError{message path code}"}

export const SignOut: Operation<SignOutMutation, SignOutMutationVariables> = {"name":"SignOut","kind":"mutation","text":"mutation SignOut($input:SignOutInput!){signOut(input:$input){__typename ...on SignOutSuccess{ended}...Fault}}fragment Fault on UserError{message path code}"}

export const CreateTenant: Operation<CreateTenantMutation, CreateTenantMutationVariables> = {"name":"CreateTenant","kind":"mutation","text":"mutation CreateTenant($input:CreateTenantInput!){createTenant(input:$input){__typename ...on CreateTenantSuccess{tenant{id name}}...Fault}}fragment Fault on UserError{message path code}"}

export const Subjects: Operation<SubjectsQuery, SubjectsQueryVariables> = {"name":"Subjects","kind":"query","text":"query Subjects($first:Int$after:String$nameContains:String){subjects(first:$first after:$after filter:{nameContains:$nameContains}){nodes{...SubjectFacts}pageInfo{hasNextPage endCursor}}}fragment SubjectFacts on Subject{id name classNoun isPerson createdAt}"}

export const SubjectById: Operation<SubjectByIdQuery, SubjectByIdQueryVariables> = {"name":"SubjectById","kind":"query","text":"query SubjectById($id:ID!){node(id:$id){__typename ...SubjectFacts}}fragment SubjectFacts on Subject{id name classNoun isPerson createdAt}"}

export const CreateSubject: Operation<CreateSubjectMutation, CreateSubjectMutationVariables> = {"name":"CreateSubject","kind":"mutation","text":"mutation CreateSubject($input:CreateSubjectInput!){createSubject(input:$input){__typename ...on CreateSubjectSuccess{subject{...SubjectFacts}}...Fault}}fragment SubjectFacts on Subject{id name classNoun isPerson createdAt}fragment Fault on UserError{message path code}"}

export const DeleteSubject: Operation<DeleteSubjectMutation, DeleteSubjectMutationVariables> = {"name":"DeleteSubject","kind":"mutation","text":"mutation DeleteSubject($input:DeleteSubjectInput!){deleteSubject(input:$input){__typename ...on DeleteSubjectSuccess{receipt{id subjectId receipt createdAt}}...Fault}}fragment Fault on UserError{message path code}"}

export const RequestPhotoUploads: Operation<RequestPhotoUploadsMutation, RequestPhotoUploadsMutationVariables> = {"name":"RequestPhotoUploads","kind":"mutation","text":"mutation RequestPhotoUploads($input:RequestPhotoUploadsInput!){requestPhotoUploads(input:$input){__typename ...on RequestPhotoUploadsSuccess{photoSet{id}uploads{photo{id position fileName}form{...FormFacts}}}...Fault}}fragment FormFacts on UploadForm{url fields{name value}}fragment Fault on UserError{message path code}"}

export const CompletePhotoUploads: Operation<CompletePhotoUploadsMutation, CompletePhotoUploadsMutationVariables> = {"name":"CompletePhotoUploads","kind":"mutation","text":"mutation CompletePhotoUploads($input:CompletePhotoUploadsInput!){completePhotoUploads(input:$input){__typename ...on CompletePhotoUploadsSuccess{accepted rejected photoSet{id state photos{id position fileName state verdict reason}}}...Fault}}fragment Fault on UserError{message path code}"}

export const RecordConsent: Operation<RecordConsentMutation, RecordConsentMutationVariables> = {"name":"RecordConsent","kind":"mutation","text":"mutation RecordConsent($input:RecordConsentInput!){recordConsent(input:$input){__typename ...on RecordConsentSuccess{consent{id}}...Fault}}fragment Fault on UserError{message path code}"}

export const EstimateTraining: Operation<EstimateTrainingMutation, EstimateTrainingMutationVariables> = {"name":"EstimateTraining","kind":"mutation","text":"mutation EstimateTraining($input:EstimateTrainingInput!){estimateTraining(input:$input){__typename ...on EstimateTrainingSuccess{estimate{steps workUnits seconds queued waitSeconds}}...Fault}}fragment Fault on UserError{message path code}"}

export const StartTraining: Operation<StartTrainingMutation, StartTrainingMutationVariables> = {"name":"StartTraining","kind":"mutation","text":"mutation StartTraining($input:StartTrainingInput!){startTraining(input:$input){__typename ...on StartTrainingSuccess{job{id state workUnits warnings{code message}}}...Fault}}fragment Fault on UserError{message path code}"}

export const CancelJob: Operation<CancelJobMutation, CancelJobMutationVariables> = {"name":"CancelJob","kind":"mutation","text":"mutation CancelJob($input:CancelJobInput!){cancelJob(input:$input){__typename ...on CancelJobSuccess{job{id kind state reason}}...Fault}}fragment Fault on UserError{message path code}"}

export const Generate: Operation<GenerateMutation, GenerateMutationVariables> = {"name":"Generate","kind":"mutation","text":"mutation Generate($input:GenerateInput!){generate(input:$input){__typename ...on GenerateSuccess{generation{id state workUnits requests{alias version{id number adapter{name}}}}}...Fault}}fragment Fault on UserError{message path code}"}

export const JobById: Operation<JobByIdQuery, JobByIdQueryVariables> = {"name":"JobById","kind":"query","text":"query JobById($id:ID!){node(id:$id){__typename ...on TrainingJob{id kind state reason code queuePosition waitingFor progress{step steps}subject{id name}settings{phrase}version{id number sha256 bytes adapter{id name}}}...on Generation{id kind state reason code queuePosition waitingFor progress{step steps}images{...ImageFacts}}}}fragment ImageFacts on Image{id position prompt seed width height bytes sha256 url createdAt}"}

export const RetryJob: Operation<RetryJobMutation, RetryJobMutationVariables> = {"name":"RetryJob","kind":"mutation","text":"mutation RetryJob($input:RetryJobInput!){retryJob(input:$input){__typename ...on RetryJobSuccess{job{id kind state reason}}...Fault}}fragment Fault on UserError{message path code}"}

export const Trainings: Operation<TrainingsQuery, TrainingsQueryVariables> = {"name":"Trainings","kind":"query","text":"query Trainings($first:Int$after:String$filter:TrainingJobFilter){trainingJobs(first:$first after:$after filter:$filter){nodes{...TrainingRow}pageInfo{hasNextPage endCursor}}}fragment TrainingRow on TrainingJob{id kind state reason code progress{step steps}createdAt startedAt finishedAt subject{id name}settings{method}version{id number adapter{id name}}}"}

export const Generations: Operation<GenerationsQuery, GenerationsQueryVariables> = {"name":"Generations","kind":"query","text":"query Generations($first:Int$after:String$filter:GenerationFilter){generations(first:$first after:$after filter:$filter){nodes{...GenerationRow}pageInfo{hasNextPage endCursor}}}fragment GenerationRow on Generation{id kind state reason code progress{step steps}createdAt startedAt finishedAt requests{prompt}}"}

export const TrainingPreviews: Operation<TrainingPreviewsQuery, TrainingPreviewsQueryVariables> = {"name":"TrainingPreviews","kind":"query","text":"query TrainingPreviews($id:ID!){node(id:$id){__typename ...on TrainingJob{id settings{previewEvery}previews{id state images{...ImageFacts}}}}}fragment ImageFacts on Image{id position prompt seed width height bytes sha256 url createdAt}"}

export const Images: Operation<ImagesQuery, ImagesQueryVariables> = {"name":"Images","kind":"query","text":"query Images($first:Int$after:String$filter:ImageFilter){images(first:$first after:$after filter:$filter){nodes{...ImageFacts}pageInfo{hasNextPage endCursor}}}fragment ImageFacts on Image{id position prompt seed width height bytes sha256 url createdAt}"}

export const ImageById: Operation<ImageByIdQuery, ImageByIdQueryVariables> = {"name":"ImageById","kind":"query","text":"query ImageById($id:ID!){node(id:$id){__typename ...ImageFacts}}fragment ImageFacts on Image{id position prompt seed width height bytes sha256 url createdAt}"}

export const SubjectDetail: Operation<SubjectDetailQuery, SubjectDetailQueryVariables> = {"name":"SubjectDetail","kind":"query","text":"query SubjectDetail($id:ID!){node(id:$id){__typename ...on Subject{...SubjectFacts photoSets(first:20){nodes{id state createdAt photos{id fileName state verdict}}}consents(first:20){nodes{id grantedBy recordedAt revokedAt photoSet{id}}}trainingJobs(first:20){nodes{...TrainingRow}}adapters(first:20){nodes{id name method}}}}}fragment SubjectFacts on Subject{id name classNoun isPerson createdAt}fragment TrainingRow on TrainingJob{id kind state reason code progress{step steps}createdAt startedAt finishedAt subject{id name}settings{method}version{id number adapter{id name}}}"}

export const AdapterDetail: Operation<AdapterDetailQuery, AdapterDetailQueryVariables> = {"name":"AdapterDetail","kind":"query","text":"query AdapterDetail($id:ID!){node(id:$id){__typename ...on Adapter{id name method createdAt subject{id name}baseModel{id name size}aliases{name version{id number}}versions(first:50){nodes{id number sha256 bytes format createdAt manifest trainingJob{id}}}}}}"}

export const TenantEvents: Operation<TenantEventsSubscription, TenantEventsSubscriptionVariables> = {"name":"TenantEvents","kind":"subscription","text":"subscription TenantEvents($after:SafeInt){tenantEvents(after:$after){number type attempt state reason step steps loss remainingSeconds payload at job{id kind}}}"}

export const JobEvents: Operation<JobEventsSubscription, JobEventsSubscriptionVariables> = {"name":"JobEvents","kind":"subscription","text":"subscription JobEvents($jobId:ID!$after:SafeInt){jobEvents(jobId:$jobId after:$after){number type attempt state reason step steps loss remainingSeconds payload at}}"}

export const Adapters: Operation<AdaptersQuery, AdaptersQueryVariables> = {"name":"Adapters","kind":"query","text":"query Adapters($first:Int$after:String$filter:AdapterFilter){adapters(first:$first after:$after filter:$filter){nodes{...AdapterFacts}pageInfo{hasNextPage endCursor}}}fragment AdapterFacts on Adapter{id name method createdAt subject{id name}baseModel{id name}aliases{name version{id number}}versions(first:20){nodes{id number sha256 bytes format createdAt}}}"}

export const AdapterById: Operation<AdapterByIdQuery, AdapterByIdQueryVariables> = {"name":"AdapterById","kind":"query","text":"query AdapterById($id:ID!){node(id:$id){__typename ...AdapterFacts}}fragment AdapterFacts on Adapter{id name method createdAt subject{id name}baseModel{id name}aliases{name version{id number}}versions(first:20){nodes{id number sha256 bytes format createdAt}}}"}

export const PromoteVersion: Operation<PromoteVersionMutation, PromoteVersionMutationVariables> = {"name":"PromoteVersion","kind":"mutation","text":"mutation PromoteVersion($input:PromoteVersionInput!){promoteVersion(input:$input){__typename ...on PromoteVersionSuccess{alias{name version{id number}}}...Fault}}fragment Fault on UserError{message path code}"}

export const SetAlias: Operation<SetAliasMutation, SetAliasMutationVariables> = {"name":"SetAlias","kind":"mutation","text":"mutation SetAlias($input:SetAliasInput!){setAlias(input:$input){__typename ...on SetAliasSuccess{alias{name version{id number}}}...Fault}}fragment Fault on UserError{message path code}"}

export const RequestAdapterUpload: Operation<RequestAdapterUploadMutation, RequestAdapterUploadMutationVariables> = {"name":"RequestAdapterUpload","kind":"mutation","text":"mutation RequestAdapterUpload($input:RequestAdapterUploadInput!){requestAdapterUpload(input:$input){__typename ...on RequestAdapterUploadSuccess{uploadId form{...FormFacts}}...Fault}}fragment FormFacts on UploadForm{url fields{name value}}fragment Fault on UserError{message path code}"}

export const ImportAdapter: Operation<ImportAdapterMutation, ImportAdapterMutationVariables> = {"name":"ImportAdapter","kind":"mutation","text":"mutation ImportAdapter($input:ImportAdapterInput!){importAdapter(input:$input){__typename ...on ImportAdapterSuccess{version{id number sha256 bytes format adapter{id name}}}...Fault}}fragment Fault on UserError{message path code}"}

export const ExportAdapter: Operation<ExportAdapterMutation, ExportAdapterMutationVariables> = {"name":"ExportAdapter","kind":"mutation","text":"mutation ExportAdapter($input:ExportAdapterInput!){exportAdapter(input:$input){__typename ...on ExportAdapterSuccess{files{fileName url bytes sha256}}...Fault}}fragment Fault on UserError{message path code}"}

export const DeleteAdapter: Operation<DeleteAdapterMutation, DeleteAdapterMutationVariables> = {"name":"DeleteAdapter","kind":"mutation","text":"mutation DeleteAdapter($input:DeleteAdapterInput!){deleteAdapter(input:$input){__typename ...on DeleteAdapterSuccess{deletedId}...Fault}}fragment Fault on UserError{message path code}"}

export const BaseModels: Operation<BaseModelsQuery, BaseModelsQueryVariables> = {"name":"BaseModels","kind":"query","text":"query BaseModels{baseModels{id name family size sizeStep maxPixels parameters}}"}

export const ApiKeys: Operation<ApiKeysQuery, ApiKeysQueryVariables> = {"name":"ApiKeys","kind":"query","text":"query ApiKeys($first:Int$after:String){tenant{apiKeys(first:$first after:$after){nodes{...KeyFacts}pageInfo{hasNextPage endCursor}}}}fragment KeyFacts on ApiKey{id name prefix environment scopes expiresAt lastUsedAt revokedAt createdAt}"}

export const CreateApiKey: Operation<CreateApiKeyMutation, CreateApiKeyMutationVariables> = {"name":"CreateApiKey","kind":"mutation","text":"mutation CreateApiKey($input:CreateApiKeyInput!){createApiKey(input:$input){__typename ...on CreateApiKeySuccess{secret apiKey{...KeyFacts}}...Fault}}fragment KeyFacts on ApiKey{id name prefix environment scopes expiresAt lastUsedAt revokedAt createdAt}fragment Fault on UserError{message path code}"}

export const RotateApiKey: Operation<RotateApiKeyMutation, RotateApiKeyMutationVariables> = {"name":"RotateApiKey","kind":"mutation","text":"mutation RotateApiKey($input:RotateApiKeyInput!){rotateApiKey(input:$input){__typename ...on RotateApiKeySuccess{secret apiKey{...KeyFacts}}...Fault}}fragment KeyFacts on ApiKey{id name prefix environment scopes expiresAt lastUsedAt revokedAt createdAt}fragment Fault on UserError{message path code}"}

export const RevokeApiKey: Operation<RevokeApiKeyMutation, RevokeApiKeyMutationVariables> = {"name":"RevokeApiKey","kind":"mutation","text":"mutation RevokeApiKey($input:RevokeApiKeyInput!){revokeApiKey(input:$input){__typename ...on RevokeApiKeySuccess{apiKey{...KeyFacts}}...Fault}}fragment KeyFacts on ApiKey{id name prefix environment scopes expiresAt lastUsedAt revokedAt createdAt}fragment Fault on UserError{message path code}"}
