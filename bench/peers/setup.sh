#!/bin/sh
# Makes bench/.venv with the pinned peers; PYTHON names another interpreter than python3.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" -m venv .venv
.venv/bin/pip install --quiet --requirement peers/requirements.txt
.venv/bin/python -c 'import torch, diffusers, peft; print("peers ready: torch", torch.__version__, "diffusers", diffusers.__version__, "peft", peft.__version__)'
