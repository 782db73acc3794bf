#!/bin/sh
# Makes bench/.venv with the pinned peers, or with `older` as its argument bench/.venv-older with those of an older release.
# PYTHON names another interpreter than python3. One index is asked, pypi.org or PIP_INDEX_URL: pip waits at every package for each
# further index of its configuration, minutes where one is out of reach. Certificates and proxies are taken from the environment.
set -eu
cd "$(dirname "$0")/.."
case "${1:-newest}" in
  newest) venv=.venv list=peers/requirements.txt ;;
  older) venv=.venv-older list=peers/requirements-older.txt ;;
  *) echo "usage: $0 [newest|older]" >&2; exit 2 ;;
esac
"${PYTHON:-python3}" -m venv "$venv"
unset PIP_EXTRA_INDEX_URL
PIP_CONFIG_FILE=/dev/null "$venv/bin/pip" --timeout 30 --retries 2 install --quiet --requirement "$list"
"$venv/bin/python" -c 'import torch, diffusers, peft; print("peers ready: torch", torch.__version__, "diffusers", diffusers.__version__, "peft", peft.__version__)'
