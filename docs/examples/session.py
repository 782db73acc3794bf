#!/usr/bin/env python3
"""A whole session over the API, with Python 3.8's own library: a subject with consent, photos, a training that is followed,
a drawing that is saved. While npm start serves:   python3 docs/examples/session.py
Another folder of photos, person or number of steps: PHOTOS=..., NAME=..., STEPS=... and OUT=... for the picture.
On another service: SEMBLANCE_SERVER=https://... SEMBLANCE_API_KEY=smb_...
"""

import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = Path(os.environ.get("PHOTOS", ROOT / "models/portraits/samples/ada"))
NAME = os.environ.get("NAME", "Ada of session.py")
STEPS = int(os.environ.get("STEPS", "100"))
OUT = Path(os.environ.get("OUT", ROOT / "out/session-python.png"))
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


def read_service():
    """Address and key: of another service where both are set, else of the demo that npm start serves here."""
    server, key = os.environ.get("SEMBLANCE_SERVER"), os.environ.get("SEMBLANCE_API_KEY")
    if server and key:
        return {"graphql": f"{server}/graphql", "apiKey": key}
    command = ["node", str(ROOT / "bin/semblance.mjs"), "demo", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    answer = json.loads(done.stdout)
    if done.returncode != 0:
        print(answer["error"]["message"], answer["error"]["next"], sep="\n", file=sys.stderr)
        sys.exit(done.returncode)
    return answer


class UserError(Exception):
    """A typed error of a mutation: code, path and message."""

    def __init__(self, answer):
        super().__init__(f"{answer['code']} at {'.'.join(answer['path'])}: {answer['message']}")
        self.code = answer["code"]


def send(url, body, headers):
    """Status, headers and bytes of the answer, whatever the status."""
    try:
        with urlopen(Request(url, data=body, headers=headers)) as response:
            return response.status, response.headers, response.read()
    except HTTPError as error:
        return error.code, error.headers, error.read()


def ask(query, variables):
    """One operation. When the service asks to wait (429, 503), it is sent again after that time; other errors end the script."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"authorization": f"Bearer {SERVICE['apiKey']}", "content-type": "application/json"}
    for _ in range(5):
        _, answered, content = send(SERVICE["graphql"], body, headers)
        wait = float(answered.get("retry-after") or 0)
        if wait <= 0:
            break
        print(f"the service asks to wait {wait:g} s", flush=True)
        time.sleep(wait)
    answer = json.loads(content)
    if answer.get("errors"):
        sys.exit("\n".join(f"{e.get('extensions', {}).get('code')}: {e['message']}" for e in answer["errors"]))
    return answer["data"]


def mutate(name, fields, selection):
    """A mutation's success. Raises UserError."""
    kind = name[0].upper() + name[1:]
    query = f"""mutation ($input: {kind}Input!) {{ {name}(input: $input) {{
        ... on {kind}Success {{ {selection} }} ... on UserError {{ code path message }} }} }}"""
    answer = ask(query, {"input": fields})[name]
    if "code" in answer:
        raise UserError(answer)
    return answer


def upload(form, path):
    """Posts the signed form as multipart/form-data: every field of it, and then the file."""
    boundary = uuid.uuid4().hex
    parts = [(f'name="{field["name"]}"', field["value"].encode()) for field in form["fields"]]
    parts.append((f'name="file"; filename="photo{path.suffix}"', path.read_bytes()))
    body = b"".join(
        b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (boundary.encode(), head.encode(), value)
        for head, value in parts
    )
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    status, _, answer = send(form["url"], body + b"--%s--\r\n" % boundary.encode(), headers)
    if status >= 300:
        sys.exit(f"{path} was not taken: status {status}, {answer.decode()}")


def follow(job):
    """Looks until the job has ended; a program with a WebSocket subscribes to jobEvents instead."""
    shown = None
    while True:
        node = ask(
            """query ($id: ID!) { node(id: $id) { ... on Job { state reason progress { step steps } }
            ... on TrainingJob { settings { phrase } version { id } } ... on Generation { images { url } } } }""",
            {"id": job},
        )["node"]
        progress = node["progress"]
        line = node["state"] + (f", step {progress['step']} of {progress['steps']}" if progress else "")
        if line != shown:
            print(line, flush=True)
        shown = line
        if node["state"] == "SUCCEEDED":
            return node
        if node["state"] in ("FAILED", "CANCELED"):
            sys.exit(f"the job {job} {node['state']}: {node['reason']}")
        time.sleep(0.5)


def main():
    # A subject, and its photos by signed forms.
    subject = mutate("createSubject", {"name": NAME, "classNoun": "person", "isPerson": True}, "subject { id }")["subject"]
    paths = sorted(path for path in PHOTOS.iterdir() if path.suffix.lower() in TYPES)
    files = [
        {"fileName": path.name, "contentType": TYPES[path.suffix.lower()], "bytes": path.stat().st_size} for path in paths
    ]
    requested = mutate(
        "requestPhotoUploads",
        {"subjectId": subject["id"], "files": files},
        "photoSet { id } uploads { form { url fields { name value } } }",
    )
    for path, entry in zip(paths, requested["uploads"]):
        upload(entry["form"], path)
    photo_set = requested["photoSet"]["id"]
    checked = mutate(
        "completePhotoUploads", {"photoSetId": photo_set}, "accepted photoSet { photos { fileName verdict } }"
    )
    print(f"{checked['accepted']} of {len(paths)} photos accepted")
    for photo in checked["photoSet"]["photos"]:
        if photo["verdict"]:
            print(f"left out: {photo['fileName']}, {photo['verdict']}")

    # Nobody is learned without consent: the service says so by a typed error, and this is how to handle one.
    training = {"idempotencyKey": str(uuid.uuid4()), "photoSetId": photo_set, "steps": STEPS}
    try:
        job = mutate("startTraining", training, "job { id }")["job"]
    except UserError as error:
        if error.code != "CONSENT_MISSING":
            raise
        print(error, f"recording the consent of {NAME}", sep="\n")
        statement = "You may learn my face from these photos and draw me."
        mutate("recordConsent", {"photoSetId": photo_set, "grantedBy": NAME, "statement": statement}, "consent { id }")
        job = mutate("startTraining", training, "job { id }")["job"]
    trained = follow(job["id"])

    # Draw with what was learned, and fetch the picture by its signed link.
    prompt = f"a photo of {trained['settings']['phrase']} in the snow"
    image = {"prompt": prompt, "seed": 1, "guidance": 3, "adapter": {"versionId": trained["version"]["id"]}}
    drawing = mutate("generate", {"idempotencyKey": str(uuid.uuid4()), "images": [image]}, "generation { id }")
    [picture] = follow(drawing["generation"]["id"])["images"]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with urlopen(picture["url"]) as response:
        OUT.write_bytes(response.read())
    print(OUT)


SERVICE = read_service()
try:
    main()
except (UserError, OSError) as problem:
    sys.exit(str(problem))
