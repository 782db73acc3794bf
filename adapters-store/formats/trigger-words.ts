/** The words that call the subject, as far as a file's metadata names them. */

/** A photo folder of kohya: `10_sks dog` is ten repeats of "sks dog". */
const FOLDER = /^\d+_(.+)$/

/** The phrase of the model specification, else the names of the photo folders. */
export function triggerWords(metadata: Readonly<Record<string, string>>): string[] {
  const phrase = metadata['modelspec.trigger_phrase']?.trim()
  if (phrase) return [phrase]
  const folders = Object.keys(jsonObject(metadata.ss_dataset_dirs) ?? jsonObject(metadata.ss_tag_frequency) ?? {})
  return [...new Set(folders.flatMap(folder => FOLDER.exec(folder)?.[1]?.trim() ?? []))]
}

/** Notes of other programs: anything but an object is ignored. */
function jsonObject(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
