/** The engine's version, written into what it makes. */
export const ENGINE_VERSION = '0.1.0'
