/** Resolvers of users and sessions. */
import { isAllowed } from '../access/actions.ts'
import { mutation } from '../faults.ts'
import type { Resolvers } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { ownMemberships } from '../tenants/tenants.ts'
import { deleteAccount } from './delete.ts'
import { changePassword, requestPasswordReset, resetPassword } from './passwords.ts'
import { signIn, signOut, signUp } from './sign-in.ts'
import { ownSessions, requireUser, userOf } from './user.ts'

export const accountResolvers = {
  Query: { me: (_root, _args, context) => (context.actor.kind === 'user' ? requireUser(context) : null) },
  Mutation: {
    signUp: mutation(async (input, context) => ({
      __typename: 'SignUpSuccess',
      ...(await signUp(context, input)),
    })),
    signIn: mutation(async (input, context) => ({
      __typename: 'SignInSuccess',
      ...(await signIn(context, input)),
    })),
    changePassword: mutation(async (input, context) => ({
      __typename: 'ChangePasswordSuccess',
      ended: await changePassword(context, input),
    })),
    deleteAccount: mutation(async (input, context) => ({
      __typename: 'DeleteAccountSuccess',
      deletedId: await deleteAccount(context, input),
    })),
    requestPasswordReset: mutation(async (input, context) => ({
      __typename: 'RequestPasswordResetSuccess',
      seconds: await requestPasswordReset(context, input),
    })),
    resetPassword: mutation(async (input, context) => {
      await resetPassword(context, input)
      return { __typename: 'ResetPasswordSuccess', done: true }
    }),
    signOut: mutation(async (input, context) => ({
      __typename: 'SignOutSuccess',
      ended: await signOut(context, userOf(context), input),
    })),
  },
  User: {
    id: row => toGlobalId('User', row.id),
    email: ({ id, email }, _args, { actor }) =>
      (actor.kind === 'user' && actor.id === id) || isAllowed(actor, 'members.manage') ? email : null,
    memberships: ({ id }, _args, context) =>
      context.actor.kind === 'user' && context.actor.id === id ? ownMemberships(context) : [],
    sessions: ({ id }, _args, context) => (userOf(context).id === id ? ownSessions(context) : []),
  },
  Session: {
    id: row => toGlobalId('Session', row.id),
    current: ({ id }, _args, { actor }) => actor.kind === 'user' && actor.sessionId === id,
  },
} satisfies Resolvers
