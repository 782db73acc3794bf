/** Made by tools/codegen-operations.ts; do not edit. */
import type { Operation } from '../operation.ts'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** A further file of an adapter that has several. */
export type AdapterFileInput = {
  /** For PEFT: the uploaded adapter_config.json that belongs to it. */
  readonly configUploadId?: string | null | undefined;
  /** Name that the file had, as for the first file. */
  readonly fileName?: string | null | undefined;
  /** The uploaded safetensors file. */
  readonly uploadId: string;
};

/** Which adapters. */
export type AdapterFilter = {
  /** Only those for this base. */
  readonly baseModelId?: string | null | undefined;
  /** Only those of this method. */
  readonly method?: string | null | undefined;
  /** Only those whose name contains this, letter case ignored. */
  readonly nameContains?: string | null | undefined;
  /** Only those that draw this subject. */
  readonly subjectId?: string | null | undefined;
};

/** File formats of adapters. */
export type AdapterFormat =
  /** Diffusers: pytorch_lora_weights.safetensors. */
  | 'DIFFUSERS'
  /** Diffusers before 0.21, with the names of attention processors. */
  | 'DIFFUSERS_OLD'
  /** Textual Inversion of diffusers: learned_embeds.safetensors, for SDXL a second file. */
  | 'EMBEDDING_DIFFUSERS'
  /** Textual Inversion for SDXL in one file: clip_l and clip_g. */
  | 'EMBEDDING_SDXL'
  /** Textual Inversion with the names of our own tensors. */
  | 'EMBEDDING_SEMBLANCE'
  /** Textual Inversion of A1111's web UI and kohya: emb_params. */
  | 'EMBEDDING_WEBUI'
  /** kohya's sd-scripts, A1111's web UI and ComfyUI, with the names of diffusers. */
  | 'KOHYA'
  /** The same for SDXL with the names of the original checkpoint. */
  | 'KOHYA_ORIGINAL'
  /** Hugging Face PEFT: adapter_model.safetensors and adapter_config.json, in a folder for each part of the model where there are several. */
  | 'PEFT'
  /** Our own: one safetensors file with its manifest. */
  | 'SEMBLANCE';

/** Which adapter to draw with: a version, or an adapter by one of its aliases. */
export type AdapterUseInput = {
  /** The adapter. Leave it out to name a version. */
  readonly adapterId?: string | null | undefined;
  /** Which alias of the adapter. */
  readonly alias?: string | null | undefined;
  /** What the adapter's effect is multiplied by, 0 to 4. */
  readonly scale?: number | null | undefined;
  /** The version. Leave it out to name an adapter. */
  readonly versionId?: string | null | undefined;
};

/** Which data a key is meant for. */
export type ApiKeyEnvironment =
  /** Real data. */
  | 'LIVE'
  /** Trying things out. */
  | 'TEST';

/** What an API key may do. Writing includes reading the same things. */
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
  /** Draws, cancels and retries. */
  | 'IMAGES_WRITE'
  /** Reads API keys, never their secrets. */
  | 'KEYS_READ'
  /** Creates, rotates and revokes API keys. */
  | 'KEYS_WRITE'
  /** Reads members and invitations. */
  | 'MEMBERS_READ'
  /** Invites members and sets roles. */
  | 'MEMBERS_WRITE'
  /** Deletes subjects with everything that came from them. */
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
  /** When it ends; never when left out. */
  readonly expiresAt?: string | null | undefined;
  /** What it is for, 100 characters or fewer. */
  readonly name: string;
  /** What it may do. */
  readonly scopes: ReadonlyArray<ApiKeyScope>;
};

/** Input of createSubject. */
export type CreateSubjectInput = {
  /** What it is, as prompts say it: person, cat, backpack. */
  readonly classNoun: string;
  /** Names this request, 255 characters or fewer: sent again with the same input within 24 hours it is answered with the stored result and does nothing. */
  readonly idempotencyKey?: string | null | undefined;
  /** Whether it is a person, who must consent. */
  readonly isPerson: boolean;
  /** Its name, 100 characters or fewer. */
  readonly name: string;
};

/** Input of createTenant. */
export type CreateTenantInput = {
  /** Its name, 100 characters or fewer. */
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
  /** The base to learn for; the first one when left out. */
  readonly baseModelId?: string | null | undefined;
  /** Photos per step; the method's default when left out. */
  readonly batch?: number | null | undefined;
  /** Learning rate; the method's default when left out. */
  readonly learningRate?: number | null | undefined;
  /** The method's name. */
  readonly method?: string | null | undefined;
  /** Options of the method; see `methods`. */
  readonly options?: unknown;
  /** The complete photo set to learn from. */
  readonly photoSetId: string;
  /** Steps between previews. */
  readonly previewEvery?: number | null | undefined;
  /** Prompts to draw while it runs, 4 or fewer. */
  readonly previewPrompts?: ReadonlyArray<string> | null | undefined;
  /** Optimizer steps; the method's default when left out. */
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
  /** The base to draw with; that of the adapters, or the first one, when left out. */
  readonly baseModelId?: string | null | undefined;
  /** Names this request, 255 characters or fewer: sent again with the same input within 24 hours it is answered with the stored result and does nothing. */
  readonly idempotencyKey: string;
  /** The images, 16 or fewer. */
  readonly images: ReadonlyArray<ImageInput>;
  /** Pixels of each side; the base's own when left out. */
  readonly size?: number | null | undefined;
};

/** One image to draw. */
export type ImageInput = {
  /** The adapter to draw with; the base alone when left out. */
  readonly adapter?: AdapterUseInput | null | undefined;
  /** Classifier-free guidance scale; 1 or less draws without guidance, which halves the cost. */
  readonly guidance?: number | null | undefined;
  /** An image to start from instead of noise. */
  readonly init?: InitImageInput | null | undefined;
  /** What to avoid, weighed as the prompt. */
  readonly negative?: string | null | undefined;
  /** What to draw, 1000 characters or fewer. Parts may be weighed: `(word:1.2)` by that factor, `(word)` by 1.1, `[word]` by 1/1.1, nested ones multiply; a backslash before a bracket means the bracket itself. Text beyond the encoder's 77 tokens is cut off. */
  readonly prompt: string;
  /** Share of the guided image whose spread is set back to the unguided one's, 0 to 1: against burnt colours at high guidance. */
  readonly rescale?: number | null | undefined;
  /** The sampler's name. */
  readonly scheduler?: string | null | undefined;
  /** Seed of its noise; random when left out. */
  readonly seed?: number | null | undefined;
  /** Denoising steps. */
  readonly steps?: number | null | undefined;
};

/** Input of importAdapter. */
export type ImportAdapterInput = {
  /** The adapter that gets a new version; leave it out for a new adapter. */
  readonly adapterId?: string | null | undefined;
  /** The base it belongs to; the first one when left out. */
  readonly baseModelId?: string | null | undefined;
  /** For PEFT: the uploaded adapter_config.json. */
  readonly configUploadId?: string | null | undefined;
  /** Name that the file had, with one folder before it where that says which part of the model it is for: `unet/adapter_model.safetensors`. An embedding that does not say its word is called by the name of its file. */
  readonly fileName?: string | null | undefined;
  /** Names this request, 255 characters or fewer: sent again with the same input within 24 hours it is answered with the stored result and does nothing. */
  readonly idempotencyKey: string;
  /** Further files of the same adapter: learned_embeds_2.safetensors of an embedding for SDXL, PEFT's folders of the other parts of the model. */
  readonly moreFiles?: ReadonlyArray<AdapterFileInput> | null | undefined;
  /** Name of a new adapter. */
  readonly name?: string | null | undefined;
  /** The words that mean the subject in prompts, where the file does not say them; `sks` and the class noun when left out. */
  readonly phrase?: string | null | undefined;
  /** Whom a new adapter draws. A person needs a consent that is not revoked. */
  readonly subjectId?: string | null | undefined;
  /** The uploaded safetensors file, of any format that exportAdapter writes: which one is found out. Every tensor must belong to a layer of the base, or nothing is imported. Pickles (.bin, .pt, .ckpt) are refused. */
  readonly uploadId: string;
};

/** An image to start from: a photo or an earlier image of the tenant, cut to the square that is drawn. A person on it needs a consent that is not revoked. */
export type InitImageInput = {
  /** An image that was drawn earlier. Leave it out to name a photo. */
  readonly imageId?: string | null | undefined;
  /** An accepted photo. Leave it out to name an image. */
  readonly photoId?: string | null | undefined;
  /** The share of the steps that is taken, above 0 (the image stays) to 1 (all of it is drawn anew). */
  readonly strength?: number | null | undefined;
};

/** What an entry of the event log tells. */
export type JobEventType =
  /** A checkpoint is stored. */
  | 'CHECKPOINT'
  /** What this entry told was deleted with its subject; the number stays, so that the log has no holes. */
  | 'DELETED'
  /** A remark for people. */
  | 'MESSAGE'
  /** Sample images of a training are drawn. */
  | 'PREVIEW'
  /** A step is done. */
  | 'PROGRESS'
  /** The worker has loaded what it needs and begins. */
  | 'RUNNING'
  /** The job took on another state. */
  | 'STATE';

/** Which kind of work a job is. */
export type JobKind =
  /** Draws images. */
  | 'GENERATION'
  /** Draws a training's sample images. */
  | 'PREVIEW'
  /** Learns a subject. */
  | 'TRAINING';

/** Where a job stands. Every change is an event with a reason. */
export type JobState =
  /** It was canceled. */
  | 'CANCELED'
  /** It failed; the reason says why. */
  | 'FAILED'
  /** A worker took it and loads what it needs. */
  | 'PREPARING'
  /** It waits for a worker. */
  | 'QUEUED'
  /** It is being worked on. */
  | 'RUNNING'
  /** It is done. */
  | 'SUCCEEDED';

/** What a photo of the set shows, in words. */
export type PhotoCaptionInput = {
  /** The photo. */
  readonly photoId: string;
  /** The caption; it should contain the phrase that means the subject. */
  readonly text: string;
};

/** One photo that will be uploaded. */
export type PhotoFileInput = {
  /** Its size in bytes, exactly. */
  readonly bytes: number;
  /** image/jpeg, image/png or image/webp. */
  readonly contentType: string;
  /** Its name where it comes from, 255 characters or fewer. */
  readonly fileName: string;
  /** SHA-256 in hexadecimal digits; where given, another file is refused. */
  readonly sha256?: string | null | undefined;
};

/** Where a photo set stands. */
export type PhotoSetState =
  /** At least one photo was accepted; the set never changes again. */
  | 'COMPLETE'
  /** Photos are being uploaded. */
  | 'OPEN'
  /** No photo was accepted; the set cannot be used. */
  | 'REJECTED';

/** Where a photo stands. */
export type PhotoState =
  /** It can be trained on. */
  | 'ACCEPTED'
  /** It was announced and not yet checked. */
  | 'PENDING'
  /** It cannot be trained on; the verdict says why. */
  | 'REJECTED';

/** Why a photo was rejected. */
export type PhotoVerdict =
  /** It is not sharp enough. */
  | 'BLURRED'
  /** It shows the same as an earlier photo of the set. */
  | 'DUPLICATE'
  /** It was not uploaded. */
  | 'MISSING'
  /** It has too many bytes or pixels. */
  | 'TOO_LARGE'
  /** It has too few pixels. */
  | 'TOO_SMALL'
  /** The file is damaged. */
  | 'UNREADABLE'
  /** The file is no JPEG, PNG or WebP. */
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
  /** The complete photo set it covers. */
  readonly photoSetId: string;
  /** What was agreed to, 10000 characters or fewer. */
  readonly statement: string;
};

/** Input of requestAdapterUpload. */
export type RequestAdapterUploadInput = {
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** SHA-256 in hexadecimal digits; where given, another file is refused. */
  readonly sha256?: string | null | undefined;
};

/** Input of requestPhotoUploads. */
export type RequestPhotoUploadsInput = {
  /** The photos, in their order. */
  readonly files: ReadonlyArray<PhotoFileInput>;
  /** Whom the photos show. */
  readonly subjectId: string;
};

/** Input of revokeApiKey. */
export type RevokeApiKeyInput = {
  /** The key. */
  readonly apiKeyId: string;
};

/** What a member may do; each role includes those below it. */
export type Role =
  /** Also manages members, keys and deletions. */
  | 'ADMIN'
  /** Also creates subjects, trains and draws. */
  | 'MEMBER'
  /** Also makes and removes owners. */
  | 'OWNER'
  /** Reads. */
  | 'VIEWER';

/** Input of rotateApiKey. */
export type RotateApiKeyInput = {
  /** The key. */
  readonly apiKeyId: string;
  /** How long the old key goes on, at most 7 days. */
  readonly graceSeconds?: number | null | undefined;
};

/** Input of setAlias. */
export type SetAliasInput = {
  /** The adapter. */
  readonly adapterId: string;
  /** Its name: letters, digits, - and _, 50 or fewer; not `latest`. */
  readonly name: string;
  /** Where it points; null removes the alias. */
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
  /** Ends all sessions of the user. */
  readonly everywhere?: boolean | null | undefined;
  /** Another session to end instead of this one. */
  readonly sessionId?: string | null | undefined;
};

/** Input of signUp. */
export type SignUpInput = {
  /** E-mail address. */
  readonly email: string;
  /** Full name. */
  readonly name: string;
  /** Password of 10 to 200 characters. */
  readonly password: string;
  /** Creates a tenant with this name and makes the user its owner. */
  readonly tenantName?: string | null | undefined;
};

/** Input of startTraining. */
export type StartTrainingInput = {
  /** Name of the adapter that gets the new version; the subject's name when left out. */
  readonly adapterName?: string | null | undefined;
  /** The base to learn for; the first one when left out. */
  readonly baseModelId?: string | null | undefined;
  /** Photos per step; the method's default when left out. */
  readonly batch?: number | null | undefined;
  /** Captions of photos; `a photo of <token> <class noun>` for the others. */
  readonly captions?: ReadonlyArray<PhotoCaptionInput> | null | undefined;
  /** Steps between checkpoints. */
  readonly checkpointEvery?: number | null | undefined;
  /** Names this request, 255 characters or fewer: sent again with the same input within 24 hours it is answered with the stored result and does nothing. */
  readonly idempotencyKey: string;
  /** Learning rate; the method's default when left out. */
  readonly learningRate?: number | null | undefined;
  /** The method's name. */
  readonly method?: string | null | undefined;
  /** Options of the method; see `methods`. */
  readonly options?: unknown;
  /** The complete photo set to learn from. */
  readonly photoSetId: string;
  /** Steps between previews. */
  readonly previewEvery?: number | null | undefined;
  /** Prompts to draw while it runs, 4 or fewer. */
  readonly previewPrompts?: ReadonlyArray<string> | null | undefined;
  /** Seed of all random numbers. */
  readonly seed?: number | null | undefined;
  /** Optimizer steps; the method's default when left out. */
  readonly steps?: number | null | undefined;
  /** The rare word that will mean the subject; prompts say it before the class noun. */
  readonly token?: string | null | undefined;
};

/** Kinds of user errors. */
export type UserErrorCode =
  /** Address or password is wrong. */
  | 'BAD_CREDENTIALS'
  /** A person's consent for the photo set is missing. */
  | 'CONSENT_MISSING'
  /** The consent was revoked. */
  | 'CONSENT_REVOKED'
  /** The caller has not what he wants to grant. */
  | 'EXCEEDS_RIGHTS'
  /** The uploaded file is missing, damaged or of an unsupported kind. */
  | 'FILE_INVALID'
  /** The idempotency key was used with another operation or another input. */
  | 'IDEMPOTENCY_MISMATCH'
  /** A value of the input breaks a rule. */
  | 'INVALID'
  /** The id is unknown, or of an object that the caller may not see. */
  | 'NOT_FOUND'
  /** The name or address is taken. */
  | 'TAKEN'
  /** The object's state forbids it. */
  | 'WRONG_STATE';

export type ServiceQueryVariables = Exact<{ [key: string]: never; }>;


export type ServiceQuery = { readonly service: { readonly version: string, readonly limits: { readonly photosPerSet: number, readonly photoBytes: number, readonly adapterBytes: number, readonly imagesPerGeneration: number } } };

export type IdentityQueryVariables = Exact<{ [key: string]: never; }>;


export type IdentityQuery = { readonly me: { readonly id: string, readonly name: string, readonly email: string | null, readonly memberships: ReadonlyArray<{ readonly role: Role, readonly tenant: { readonly id: string, readonly name: string } }> } | null, readonly currentKey: { readonly id: string, readonly name: string, readonly prefix: string, readonly environment: ApiKeyEnvironment, readonly scopes: ReadonlyArray<ApiKeyScope>, readonly expiresAt: string | null } | null };

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
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'RequestPhotoUploadsSuccess', readonly photoSet: { readonly id: string }, readonly uploads: ReadonlyArray<{ readonly photo: { readonly id: string, readonly position: number, readonly fileName: string }, readonly form: { readonly url: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly value: string }> } | null }> }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type CompletePhotoUploadsMutationVariables = Exact<{
  input: CompletePhotoUploadsInput;
}>;


export type CompletePhotoUploadsMutation = { readonly completePhotoUploads:
    | { readonly __typename: 'CompletePhotoUploadsSuccess', readonly accepted: number, readonly rejected: number, readonly photoSet: { readonly id: string, readonly state: PhotoSetState, readonly photos: ReadonlyArray<{ readonly id: string, readonly position: number, readonly fileName: string, readonly state: PhotoState, readonly verdict: PhotoVerdict | null }> } }
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
    | { readonly __typename: 'EstimateTrainingSuccess', readonly estimate: { readonly steps: number, readonly workUnits: number, readonly seconds: number, readonly queued: number } }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type StartTrainingMutationVariables = Exact<{
  input: StartTrainingInput;
}>;


export type StartTrainingMutation = { readonly startTraining:
    | { readonly __typename: 'ConflictError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ConsentError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'StartTrainingSuccess', readonly job: { readonly id: string, readonly state: JobState, readonly workUnits: number } }
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
    | { readonly __typename: 'GenerateSuccess', readonly generation: { readonly id: string, readonly state: JobState, readonly workUnits: number } }
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
    | { readonly __typename: 'Generation', readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null, readonly code: string | null, readonly progress: { readonly step: number, readonly steps: number } | null, readonly images: ReadonlyArray<{ readonly id: string, readonly position: number, readonly prompt: string, readonly seed: number, readonly width: number, readonly height: number, readonly bytes: number, readonly sha256: string, readonly url: string }> }
    | { readonly __typename: 'Image' }
    | { readonly __typename: 'Invitation' }
    | { readonly __typename: 'JobEvent' }
    | { readonly __typename: 'Membership' }
    | { readonly __typename: 'Photo' }
    | { readonly __typename: 'PhotoSet' }
    | { readonly __typename: 'Session' }
    | { readonly __typename: 'Subject' }
    | { readonly __typename: 'Tenant' }
    | { readonly __typename: 'TrainingJob', readonly id: string, readonly kind: JobKind, readonly state: JobState, readonly reason: string | null, readonly code: string | null, readonly progress: { readonly step: number, readonly steps: number } | null, readonly subject: { readonly id: string, readonly name: string }, readonly settings: { readonly phrase: string }, readonly version: { readonly id: string, readonly number: number, readonly sha256: string, readonly bytes: number, readonly adapter: { readonly id: string, readonly name: string } } | null }
    | { readonly __typename: 'User' }
   | null };

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
    | { readonly __typename: 'NotFoundError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'SetAliasSuccess', readonly alias: { readonly name: string, readonly version: { readonly id: string, readonly number: number } } | null }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type RequestAdapterUploadMutationVariables = Exact<{
  input: RequestAdapterUploadInput;
}>;


export type RequestAdapterUploadMutation = { readonly requestAdapterUpload:
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


export type BaseModelsQuery = { readonly baseModels: ReadonlyArray<{ readonly id: string, readonly name: string, readonly family: string, readonly size: number, readonly parameters: number }> };

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
    | { readonly __typename: 'RightsError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
    | { readonly __typename: 'ValidationError', readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode }
   };

export type RotateApiKeyMutationVariables = Exact<{
  input: RotateApiKeyInput;
}>;


export type RotateApiKeyMutation = { readonly rotateApiKey:
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
   };

type Fault_ConflictError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_ConsentError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_CredentialsError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_NotFoundError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_RightsError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

type Fault_ValidationError_Fragment = { readonly message: string, readonly path: ReadonlyArray<string>, readonly code: UserErrorCode };

export type FaultFragment =
  | Fault_ConflictError_Fragment
  | Fault_ConsentError_Fragment
  | Fault_CredentialsError_Fragment
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

export const SignUp: Operation<SignUpMutation, SignUpMutationVariables> = {"name":"SignUp","kind":"mutation","text":"mutation SignUp($input:SignUpInput!){signUp(input:$input){__typename ...on SignUpSuccess{user{id}tenant{id name}}...Fault}}fragment Fault on UserError{message path code}"}

export const SignIn: Operation<SignInMutation, SignInMutationVariables> = {"name":"SignIn","kind":"mutation","text":"mutation SignIn($input:SignInInput!){signIn(input:$input){__typename ...on SignInSuccess{user{id name email memberships{role tenant{id name}}}}...Fault}}fragment Fault on UserError{message path code}"}

export const SignOut: Operation<SignOutMutation, SignOutMutationVariables> = {"name":"SignOut","kind":"mutation","text":"mutation SignOut($input:SignOutInput!){signOut(input:$input){__typename ...on SignOutSuccess{ended}...Fault}}fragment Fault on UserError{message path code}"}

export const CreateTenant: Operation<CreateTenantMutation, CreateTenantMutationVariables> = {"name":"CreateTenant","kind":"mutation","text":"mutation CreateTenant($input:CreateTenantInput!){createTenant(input:$input){__typename ...on CreateTenantSuccess{tenant{id name}}...Fault}}fragment Fault on UserError{message path code}"}

export const Subjects: Operation<SubjectsQuery, SubjectsQueryVariables> = {"name":"Subjects","kind":"query","text":"query Subjects($first:Int$after:String$nameContains:String){subjects(first:$first after:$after filter:{nameContains:$nameContains}){nodes{...SubjectFacts}pageInfo{hasNextPage endCursor}}}fragment SubjectFacts on Subject{id name classNoun isPerson createdAt}"}

export const SubjectById: Operation<SubjectByIdQuery, SubjectByIdQueryVariables> = {"name":"SubjectById","kind":"query","text":"query SubjectById($id:ID!){node(id:$id){__typename ...SubjectFacts}}fragment SubjectFacts on Subject{id name classNoun isPerson createdAt}"}

export const CreateSubject: Operation<CreateSubjectMutation, CreateSubjectMutationVariables> = {"name":"CreateSubject","kind":"mutation","text":"mutation CreateSubject($input:CreateSubjectInput!){createSubject(input:$input){__typename ...on CreateSubjectSuccess{subject{...SubjectFacts}}...Fault}}fragment SubjectFacts on Subject{id name classNoun isPerson createdAt}fragment Fault on UserError{message path code}"}

export const DeleteSubject: Operation<DeleteSubjectMutation, DeleteSubjectMutationVariables> = {"name":"DeleteSubject","kind":"mutation","text":"mutation DeleteSubject($input:DeleteSubjectInput!){deleteSubject(input:$input){__typename ...on DeleteSubjectSuccess{receipt{id subjectId receipt createdAt}}...Fault}}fragment Fault on UserError{message path code}"}

export const RequestPhotoUploads: Operation<RequestPhotoUploadsMutation, RequestPhotoUploadsMutationVariables> = {"name":"RequestPhotoUploads","kind":"mutation","text":"mutation RequestPhotoUploads($input:RequestPhotoUploadsInput!){requestPhotoUploads(input:$input){__typename ...on RequestPhotoUploadsSuccess{photoSet{id}uploads{photo{id position fileName}form{...FormFacts}}}...Fault}}fragment FormFacts on UploadForm{url fields{name value}}fragment Fault on UserError{message path code}"}

export const CompletePhotoUploads: Operation<CompletePhotoUploadsMutation, CompletePhotoUploadsMutationVariables> = {"name":"CompletePhotoUploads","kind":"mutation","text":"mutation CompletePhotoUploads($input:CompletePhotoUploadsInput!){completePhotoUploads(input:$input){__typename ...on CompletePhotoUploadsSuccess{accepted rejected photoSet{id state photos{id position fileName state verdict}}}...Fault}}fragment Fault on UserError{message path code}"}

export const RecordConsent: Operation<RecordConsentMutation, RecordConsentMutationVariables> = {"name":"RecordConsent","kind":"mutation","text":"mutation RecordConsent($input:RecordConsentInput!){recordConsent(input:$input){__typename ...on RecordConsentSuccess{consent{id}}...Fault}}fragment Fault on UserError{message path code}"}

export const EstimateTraining: Operation<EstimateTrainingMutation, EstimateTrainingMutationVariables> = {"name":"EstimateTraining","kind":"mutation","text":"mutation EstimateTraining($input:EstimateTrainingInput!){estimateTraining(input:$input){__typename ...on EstimateTrainingSuccess{estimate{steps workUnits seconds queued}}...Fault}}fragment Fault on UserError{message path code}"}

export const StartTraining: Operation<StartTrainingMutation, StartTrainingMutationVariables> = {"name":"StartTraining","kind":"mutation","text":"mutation StartTraining($input:StartTrainingInput!){startTraining(input:$input){__typename ...on StartTrainingSuccess{job{id state workUnits}}...Fault}}fragment Fault on UserError{message path code}"}

export const CancelJob: Operation<CancelJobMutation, CancelJobMutationVariables> = {"name":"CancelJob","kind":"mutation","text":"mutation CancelJob($input:CancelJobInput!){cancelJob(input:$input){__typename ...on CancelJobSuccess{job{id kind state reason}}...Fault}}fragment Fault on UserError{message path code}"}

export const Generate: Operation<GenerateMutation, GenerateMutationVariables> = {"name":"Generate","kind":"mutation","text":"mutation Generate($input:GenerateInput!){generate(input:$input){__typename ...on GenerateSuccess{generation{id state workUnits}}...Fault}}fragment Fault on UserError{message path code}"}

export const JobById: Operation<JobByIdQuery, JobByIdQueryVariables> = {"name":"JobById","kind":"query","text":"query JobById($id:ID!){node(id:$id){__typename ...on TrainingJob{id kind state reason code progress{step steps}subject{id name}settings{phrase}version{id number sha256 bytes adapter{id name}}}...on Generation{id kind state reason code progress{step steps}images{id position prompt seed width height bytes sha256 url}}}}"}

export const JobEvents: Operation<JobEventsSubscription, JobEventsSubscriptionVariables> = {"name":"JobEvents","kind":"subscription","text":"subscription JobEvents($jobId:ID!$after:SafeInt){jobEvents(jobId:$jobId after:$after){number type attempt state reason step steps loss remainingSeconds payload at}}"}

export const Adapters: Operation<AdaptersQuery, AdaptersQueryVariables> = {"name":"Adapters","kind":"query","text":"query Adapters($first:Int$after:String$filter:AdapterFilter){adapters(first:$first after:$after filter:$filter){nodes{...AdapterFacts}pageInfo{hasNextPage endCursor}}}fragment AdapterFacts on Adapter{id name method createdAt subject{id name}baseModel{id name}aliases{name version{id number}}versions(first:20){nodes{id number sha256 bytes format createdAt}}}"}

export const AdapterById: Operation<AdapterByIdQuery, AdapterByIdQueryVariables> = {"name":"AdapterById","kind":"query","text":"query AdapterById($id:ID!){node(id:$id){__typename ...AdapterFacts}}fragment AdapterFacts on Adapter{id name method createdAt subject{id name}baseModel{id name}aliases{name version{id number}}versions(first:20){nodes{id number sha256 bytes format createdAt}}}"}

export const PromoteVersion: Operation<PromoteVersionMutation, PromoteVersionMutationVariables> = {"name":"PromoteVersion","kind":"mutation","text":"mutation PromoteVersion($input:PromoteVersionInput!){promoteVersion(input:$input){__typename ...on PromoteVersionSuccess{alias{name version{id number}}}...Fault}}fragment Fault on UserError{message path code}"}

export const SetAlias: Operation<SetAliasMutation, SetAliasMutationVariables> = {"name":"SetAlias","kind":"mutation","text":"mutation SetAlias($input:SetAliasInput!){setAlias(input:$input){__typename ...on SetAliasSuccess{alias{name version{id number}}}...Fault}}fragment Fault on UserError{message path code}"}

export const RequestAdapterUpload: Operation<RequestAdapterUploadMutation, RequestAdapterUploadMutationVariables> = {"name":"RequestAdapterUpload","kind":"mutation","text":"mutation RequestAdapterUpload($input:RequestAdapterUploadInput!){requestAdapterUpload(input:$input){__typename ...on RequestAdapterUploadSuccess{uploadId form{...FormFacts}}...Fault}}fragment FormFacts on UploadForm{url fields{name value}}fragment Fault on UserError{message path code}"}

export const ImportAdapter: Operation<ImportAdapterMutation, ImportAdapterMutationVariables> = {"name":"ImportAdapter","kind":"mutation","text":"mutation ImportAdapter($input:ImportAdapterInput!){importAdapter(input:$input){__typename ...on ImportAdapterSuccess{version{id number sha256 bytes format adapter{id name}}}...Fault}}fragment Fault on UserError{message path code}"}

export const ExportAdapter: Operation<ExportAdapterMutation, ExportAdapterMutationVariables> = {"name":"ExportAdapter","kind":"mutation","text":"mutation ExportAdapter($input:ExportAdapterInput!){exportAdapter(input:$input){__typename ...on ExportAdapterSuccess{files{fileName url bytes sha256}}...Fault}}fragment Fault on UserError{message path code}"}

export const DeleteAdapter: Operation<DeleteAdapterMutation, DeleteAdapterMutationVariables> = {"name":"DeleteAdapter","kind":"mutation","text":"mutation DeleteAdapter($input:DeleteAdapterInput!){deleteAdapter(input:$input){__typename ...on DeleteAdapterSuccess{deletedId}...Fault}}fragment Fault on UserError{message path code}"}

export const BaseModels: Operation<BaseModelsQuery, BaseModelsQueryVariables> = {"name":"BaseModels","kind":"query","text":"query BaseModels{baseModels{id name family size parameters}}"}

export const ApiKeys: Operation<ApiKeysQuery, ApiKeysQueryVariables> = {"name":"ApiKeys","kind":"query","text":"query ApiKeys($first:Int$after:String){tenant{apiKeys(first:$first after:$after){nodes{...KeyFacts}pageInfo{hasNextPage endCursor}}}}fragment KeyFacts on ApiKey{id name prefix environment scopes expiresAt lastUsedAt revokedAt createdAt}"}

export const CreateApiKey: Operation<CreateApiKeyMutation, CreateApiKeyMutationVariables> = {"name":"CreateApiKey","kind":"mutation","text":"mutation CreateApiKey($input:CreateApiKeyInput!){createApiKey(input:$input){__typename ...on CreateApiKeySuccess{secret apiKey{...KeyFacts}}...Fault}}fragment KeyFacts on ApiKey{id name prefix environment scopes expiresAt lastUsedAt revokedAt createdAt}fragment Fault on UserError{message path code}"}

export const RotateApiKey: Operation<RotateApiKeyMutation, RotateApiKeyMutationVariables> = {"name":"RotateApiKey","kind":"mutation","text":"mutation RotateApiKey($input:RotateApiKeyInput!){rotateApiKey(input:$input){__typename ...on RotateApiKeySuccess{secret apiKey{...KeyFacts}}...Fault}}fragment KeyFacts on ApiKey{id name prefix environment scopes expiresAt lastUsedAt revokedAt createdAt}fragment Fault on UserError{message path code}"}

export const RevokeApiKey: Operation<RevokeApiKeyMutation, RevokeApiKeyMutationVariables> = {"name":"RevokeApiKey","kind":"mutation","text":"mutation RevokeApiKey($input:RevokeApiKeyInput!){revokeApiKey(input:$input){__typename ...on RevokeApiKeySuccess{apiKey{...KeyFacts}}...Fault}}fragment KeyFacts on ApiKey{id name prefix environment scopes expiresAt lastUsedAt revokedAt createdAt}fragment Fault on UserError{message path code}"}
