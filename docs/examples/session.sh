#!/usr/bin/env bash
# A whole session over the API, for bash, zsh and sh: a subject with consent, photos, a training that is followed, a drawing that is
# saved. Needs curl, and node for JSON. While npm start serves:   docs/examples/session.sh
# Another folder of photos, person or number of steps: PHOTOS=..., NAME=..., STEPS=... and OUT=... for the picture. On another service:
# SEMBLANCE_SERVER=https://... SEMBLANCE_API_KEY=smb_...
set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
PHOTOS=${PHOTOS:-$ROOT/models/portraits/samples/ada} NAME=${NAME:-Ada of session.sh} STEPS=${STEPS:-100}
OUT=${OUT:-$ROOT/out/session-shell.png}
export PHOTOS NAME STEPS

# json EXPRESSION: its value in JavaScript, where `it` is the JSON on standard input; text as it is, the rest as JSON.
json() {
  node -e 'process.on("uncaughtException", error => { console.error(error.message); process.exit(1) })
    const it = JSON.parse(require("fs").readFileSync(0, "utf8") || "{}"), { env } = process
    const value = eval(`(${process.argv[1]})`)
    console.log(typeof value === "string" ? value : JSON.stringify(value) ?? "")' "$1"
}

# Address and key: of another service where both are set, else of the demo that npm start serves here.
if [ -n "${SEMBLANCE_SERVER:-}" ] && [ -n "${SEMBLANCE_API_KEY:-}" ]; then
  GRAPHQL=$SEMBLANCE_SERVER/graphql KEY=$SEMBLANCE_API_KEY
else
  DEMO=$(node "$ROOT/bin/semblance.mjs" demo --json) || {
    CODE=$?
    printf '%s' "$DEMO" | json 'it.error.message + "\n" + it.error.next' >&2
    exit $CODE
  }
  GRAPHQL=$(printf '%s' "$DEMO" | json it.graphql)
  KEY=$(printf '%s' "$DEMO" | json it.apiKey)
fi

# ask QUERY VARIABLES: the data of the answer. curl waits as long as Retry-After says (429, 503) and sends it again; other errors of
# the service end the script. VARIABLES is an expression as above, which may use what is exported.
ask() {
  # Into a file: on standard output the answers to all tries would follow each other.
  ANSWERED=$(mktemp)
  printf '' | QUERY=$1 json "{ query: env.QUERY, variables: $2 }" |
    curl -sS --retry 5 "$GRAPHQL" -H "authorization: Bearer $KEY" -H 'content-type: application/json' --data-binary @- -o "$ANSWERED" ||
    { rm -f "$ANSWERED" && exit 1; }
  ANSWER=$(cat "$ANSWERED")
  rm -f "$ANSWERED"
  ERRORS=$(printf '%s' "$ANSWER" | json 'it.errors ? it.errors.map(e => e.extensions?.code + ": " + e.message).join("\n") : ""')
  [ -z "$ERRORS" ] || { printf '%s\n' "$ERRORS" >&2 && exit 1; }
  printf '%s' "$ANSWER" | json 'it.data'
}

# mutate NAME INPUT FIELDS: the success of a mutation. A typed error is printed and ends with code 4; CODE in the answer tells its kind.
mutate() {
  TYPE=$(printf '' | WORD=$1 json 'env.WORD[0].toUpperCase() + env.WORD.slice(1)')
  RESULT=$(ask "mutation (\$input: ${TYPE}Input!) { $1(input: \$input) {
    ... on ${TYPE}Success { $3 } ... on UserError { code path message } } }" "{ input: $2 }") || return
  RESULT=$(printf '%s' "$RESULT" | json "it.$1")
  printf '%s\n' "$RESULT"
  PROBLEM=$(printf '%s' "$RESULT" | json 'it.code ? `${it.code} at ${it.path.join(".")}: ${it.message}` : ""')
  [ -z "$PROBLEM" ] || { printf '%s\n' "$PROBLEM" >&2 && return 4; }
}

# follow ID: looks until the job has ended and prints it; a program with a WebSocket subscribes to jobEvents instead.
follow() {
  JOB=$1 SHOWN=''
  export JOB
  while :; do
    NODE=$(ask 'query ($id: ID!) { node(id: $id) { ... on Job { state reason progress { step steps } }
      ... on TrainingJob { settings { phrase } version { id } } ... on Generation { images { url } } } }' '{ id: env.JOB }') || return
    LINE=$(printf '%s' "$NODE" | json 'it.node.state + (it.node.progress ? `, step ${it.node.progress.step} of ${it.node.progress.steps}` : "")')
    [ "$LINE" = "$SHOWN" ] || printf '%s\n' "$LINE" >&2
    SHOWN=$LINE
    case $LINE in
      SUCCEEDED*) printf '%s\n' "$NODE" && return ;;
      FAILED* | CANCELED*) printf '%s' "$NODE" | json '`the job ${env.JOB} ${it.node.state}: ${it.node.reason}`' >&2 && return 1 ;;
    esac
    sleep 1
  done
}

# A subject, and its photos: one signed form for each; every field of it and then the file.
CREATED=$(mutate createSubject '{ name: env.NAME, classNoun: "person", isPerson: true }' 'subject { id }')
SUBJECT=$(printf '%s' "$CREATED" | json it.subject.id)
FILES=$(printf '' | json '(({ readdirSync, statSync }) => readdirSync(env.PHOTOS).sort().flatMap(fileName => {
  const [, type] = /\.(png|jpe?g|webp)$/i.exec(fileName) ?? []
  const contentType = type && "image/" + type.toLowerCase().replace("jpg", "jpeg")
  return type ? [{ fileName, contentType, bytes: statSync(env.PHOTOS + "/" + fileName).size }] : [] }))(require("fs"))')
export SUBJECT FILES
REQUESTED=$(mutate requestPhotoUploads '{ subjectId: env.SUBJECT, files: JSON.parse(env.FILES) }' \
  'photoSet { id } uploads { photo { fileName } form { url fields { name value } } }')
PHOTO_SET=$(printf '%s' "$REQUESTED" | json it.photoSet.id)
export PHOTO_SET
printf '%s' "$REQUESTED" | json 'it.uploads.map(({ form, photo }) => [
    `url = ${JSON.stringify(form.url)}`, "fail", "silent", "show-error",
    ...form.fields.map(({ name, value }) => `form-string = ${JSON.stringify(`${name}=${value}`)}`),
    `form = ${JSON.stringify(`file=@${JSON.stringify(`${env.PHOTOS}/${photo.fileName}`)}`)}`].join("\n")).join("\nnext\n")' |
  curl --config -
CHECKED=$(mutate completePhotoUploads '{ photoSetId: env.PHOTO_SET }' 'accepted photoSet { photos { fileName verdict } }')
printf '%s' "$CHECKED" | json '[`${it.accepted} of ${it.photoSet.photos.length} photos accepted`,
  ...it.photoSet.photos.filter(p => p.verdict).map(p => `left out: ${p.fileName}, ${p.verdict}`)].join("\n")'

# Nobody is learned without consent: the service says so by a typed error, and this is how to handle one.
TRAINING_KEY=$(printf '' | json 'crypto.randomUUID()')
export TRAINING_KEY
train() {
  mutate startTraining '{ idempotencyKey: env.TRAINING_KEY, photoSetId: env.PHOTO_SET, steps: Number(env.STEPS) }' 'job { id }'
}
STARTED=$(train) || {
  [ "$(printf '%s' "$STARTED" | json it.code)" = CONSENT_MISSING ]
  printf 'recording the consent of %s\n' "$NAME"
  STATEMENT='You may learn my face from these photos and draw me.'
  export STATEMENT
  mutate recordConsent '{ photoSetId: env.PHOTO_SET, grantedBy: env.NAME, statement: env.STATEMENT }' 'consent { id }' >/dev/null
  STARTED=$(train)
}
TRAINED=$(follow "$(printf '%s' "$STARTED" | json it.job.id)")

# Draw with what was learned, and fetch the picture by its signed link.
VERSION=$(printf '%s' "$TRAINED" | json it.node.version.id)
PHRASE=$(printf '%s' "$TRAINED" | json it.node.settings.phrase)
export VERSION PHRASE
DRAWING=$(mutate generate '{ idempotencyKey: crypto.randomUUID(), images: [{ prompt: `a photo of ${env.PHRASE} in the snow`,
  seed: 1, guidance: 3, adapter: { versionId: env.VERSION } }] }' 'generation { id }')
DRAWN=$(follow "$(printf '%s' "$DRAWING" | json it.generation.id)")
mkdir -p "$(dirname "$OUT")"
curl -sS --fail "$(printf '%s' "$DRAWN" | json 'it.node.images[0].url')" -o "$OUT"
printf '%s\n' "$OUT"
