/** Keys that transformers writes into every config.json, whatever the network: notes, and settings of other tasks. */

export const TRANSFORMERS_KEYS: readonly string[] = [
  ...['architectures', 'model_type', 'transformers_version', 'name_or_path', 'dtype', 'torch_dtype', 'use_bfloat16'],
  ...['torchscript', 'tf_legacy_loss', 'gradient_checkpointing', 'return_dict', 'use_return_dict'],
  ...['output_hidden_states', 'output_attentions', 'output_scores', 'return_dict_in_generate'],
  // How weights start before any training.
  ...['initializer_range', 'initializer_factor'],
  // The tokenizer's own files say them.
  ...[
    'bos_token_id',
    'eos_token_id',
    'pad_token_id',
    'sep_token_id',
    'decoder_start_token_id',
    'tokenizer_class',
    'prefix',
  ],
  // Heads for classification.
  ...['finetuning_task', 'id2label', 'label2id', 'num_labels', 'problem_type', 'task_specific_params'],
  // Networks that decode, and generation of text.
  ...['is_decoder', 'is_encoder_decoder', 'add_cross_attention', 'cross_attention_hidden_size', 'tie_encoder_decoder'],
  ...['tie_word_embeddings', 'pruned_heads', 'chunk_size_feed_forward', 'use_cache'],
  ...['max_length', 'min_length', 'do_sample', 'early_stopping', 'num_beams', 'num_beam_groups', 'diversity_penalty'],
  ...['temperature', 'top_k', 'top_p', 'typical_p', 'repetition_penalty', 'length_penalty', 'no_repeat_ngram_size'],
  ...['encoder_no_repeat_ngram_size', 'bad_words_ids', 'num_return_sequences', 'forced_bos_token_id'],
  ...['forced_eos_token_id', 'remove_invalid_values', 'exponential_decay_length_penalty', 'suppress_tokens'],
  ...['begin_suppress_tokens'],
]
