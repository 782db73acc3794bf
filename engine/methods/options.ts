/** Kinds of options that methods share. */
import { z } from 'zod'

/** The command line gives words. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform(word => word === 'true')])
