/** Keys of text encoders, which newer releases of transformers write without the model's own prefix. */
const BARE = /^(?=(embeddings|encoder\.layers|final_layer_norm)\.)/

export const textKey = (key: string): string => key.replace(BARE, 'text_model.')
