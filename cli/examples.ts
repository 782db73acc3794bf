/** Examples of every command, as its help shows them; a test parses each. */

/** By the command's name; a line is what follows `semblance`. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  '': [
    'train --images photos --out me.safetensors',
    'generate --adapter me.safetensors --prompt "a photo of sks person in snow" --out me.png',
  ],
  train: [
    'train --images photos --class dog --out rex.safetensors',
    'train --images photos --method textual-inversion --token "<me>" --out me.safetensors',
    'train --images photos --subject Ada --consent-from "Ada L." --preview "a photo of sks person"',
  ],
  generate: [
    'generate --adapter me.safetensors --prompt "a photo of sks person in snow" --out me.png',
    'generate --prompt "a photo of a person" --count 4 --seed 7 --out people.png',
    'generate --use Ada@production --prompt "a photo of sks person" --count 2 --out ada.png',
  ],
  inspect: ['inspect me.safetensors', 'inspect models/portraits --json'],
  convert: [
    'convert me.safetensors --to kohya --out kohya.safetensors',
    'convert lora --to peft --out peft --family sdxl',
  ],
  merge: ['merge me.delta.safetensors --base models/portraits --out merged'],
  pretrain: ['pretrain unet --data pictures --out mine --steps 1000'],
  login: ['login', 'login https://semblance.example.com --key'],
  logout: ['logout', 'logout https://semblance.example.com'],
  subjects: ['subjects', 'subjects delete Ada --receipt receipt.json'],
  'subjects list': ['subjects list --name ad'],
  'subjects create': ['subjects create Rex --class dog --no-person'],
  'subjects delete': ['subjects delete Ada --receipt receipt.json', 'subjects delete Rex --yes'],
  watch: ['watch 0193a5b2', 'watch 0193a5b2 --after 17 --json'],
  cancel: ['cancel 0193a5b2'],
  adapters: ['adapters', 'adapters promote Ada@3'],
  'adapters list': ['adapters list --subject Ada'],
  'adapters promote': ['adapters promote Ada@3'],
  'adapters alias': ['adapters alias Ada winter 2', 'adapters alias Ada winter --remove'],
  'adapters import': ['adapters import lora.safetensors --name Borrowed', 'adapters import folder --adapter Ada'],
  'adapters export': ['adapters export Ada@production --format peft --out folder'],
  'adapters delete': ['adapters delete Borrowed --yes'],
  keys: ['keys', 'keys rotate ci --grace 3600'],
  'keys list': ['keys list --json'],
  'keys create': ['keys create ci --scopes TRAINING_WRITE,SUBJECTS_WRITE --days 90'],
  'keys rotate': ['keys rotate ci --grace 3600'],
  'keys revoke': ['keys revoke ci'],
  demo: ['demo', 'demo --login', 'demo --json --data /srv/semblance'],
  doctor: ['doctor', 'doctor --server https://semblance.example.com --json'],
}
