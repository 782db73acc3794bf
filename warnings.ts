/** What was left out, or done otherwise than asked: not an error, and never silent. */

/** Every code a warning may carry, with what it is about. */
export const WARNING_CODES = {
  FILE_UNUSED: 'a file beside the photos that is not read',
  PHOTO_SKIPPED: 'a photo that is left out',
  CAPTION_MISSING: 'a photo without a caption beside others that have one',
  CAPTION_UNUSED: 'a caption that is not used',
  PROMPT_CUT: 'words beyond the length that the text encoder reads',
  PROMPT_SYNTAX: 'syntax of other programs that is drawn as words',
  NEGATIVE_UNUSED: 'a negative prompt that nothing reads, because the image has no guidance',
  WORD_MISSING: 'a prompt without the word that the adapter has learned',
  WORD_UNKNOWN: 'words that the base does not know',
  SIZE_LARGE: 'an image larger than what the base was trained on',
  PHOTO_CROPPED: 'a photo of which more is cut off than its shape would need',
  INIT_CROPPED: 'an image to start from that is cropped to the shape of the drawing',
  PREVIEW_NONE: 'previews that would come after the last step',
  TEST_SETTINGS: 'settings that a test key does not take',
  PREVIEW_LATE: 'previews that are not drawn yet when the training has ended',
  SUBJECT_LEFT: 'a subject that a failed command could not take back',
  SUBJECT_SIMILAR: 'a new subject whose name is close to that of another',
  FORMAT_OTHER: 'a file whose name says another format than its content',
  SCALE_FOLDED: 'scales that are multiplied into the values of an adapter, because readers of its format miss them',
  LAYERS_MISSED: 'layers whose names some programs pass over in the format that is written',
  BASE_CORRECTED: 'a setting of the base that is read otherwise than its files say',
} as const

export type WarningCode = keyof typeof WARNING_CODES

export interface Warning {
  readonly code: WarningCode
  /** Names the thing, and what was done with it. */
  readonly message: string
}

/** Takes warnings as they come up. */
export type OnWarning = (warning: Warning) => void
