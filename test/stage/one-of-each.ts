/** One object of every type that has a global id. */
import type { NodeType } from '../../api/access/fields.ts'
import { finishGeneration, generate, trained } from '../../measures/stage/journey.ts'
import { ask, type Identity, mutate, type Service } from '../../measures/stage/service.ts'

/** One object of each type in the owner's tenant. */
export async function seed(service: Service, owner: Identity): Promise<Record<NodeType, string>> {
  const { subjectId, photoSetId, consentId, jobId } = await trained(service, owner)
  const gone = await trained(service, owner)
  const { receipt } = await mutate(service, owner, 'deleteSubject', { subjectId: gone.subjectId }, 'receipt { id }')
  const { generation } = await generate(service, owner, [{ prompt: 'a house', steps: 1 }])
  await finishGeneration(service)
  const invited = { email: 'guest@example.org', role: 'VIEWER' }
  const { invitation } = await mutate(service, owner, 'inviteMember', invited, 'invitation { id }')
  const query = `query ($job: ID!, $generation: ID!, $set: ID!) {
    me { id memberships { id } sessions { id } } tenant { id apiKeys(first: 1) { nodes { id } } }
    job: node(id: $job) { ... on TrainingJob { version { id adapter { id } } events(first: 1) { nodes { id } } baseModel { id } } }
    generation: node(id: $generation) { ... on Generation { images { id } } }
    set: node(id: $set) { ... on PhotoSet { photos { id } } }
    auditEntries(first: 1) { nodes { id } } }`
  const { data } = await ask(service, query, { job: jobId, generation: generation.id, set: photoSetId }, owner)
  return {
    Tenant: data.tenant.id,
    User: data.me.id,
    Membership: data.me.memberships[0].id,
    Invitation: invitation.id,
    Session: data.me.sessions[0].id,
    ApiKey: data.tenant.apiKeys.nodes[0].id,
    Subject: subjectId,
    Consent: consentId,
    PhotoSet: photoSetId,
    Photo: data.set.photos[0].id,
    BaseModel: data.job.baseModel.id,
    TrainingJob: jobId,
    Adapter: data.job.version.adapter.id,
    AdapterVersion: data.job.version.id,
    Generation: generation.id,
    Image: data.generation.images[0].id,
    JobEvent: data.job.events.nodes[0].id,
    AuditEntry: data.auditEntries.nodes[0].id,
    DeletionReceipt: receipt.id,
  }
}
