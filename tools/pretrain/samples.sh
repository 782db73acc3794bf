#!/bin/sh
# Sample photo sets of held-out persons: samples.sh OUT; each person has four photos to train on and four others.
set -e
node=${NODE:-"npx node"}
i=0
for name in ada ben cleo dan eve finn gia hugo ivy jon; do
  identity=$((987650000 + i * 7))
  $node tools/portraits/main.ts person --identity $identity --count 4 --out "$1/$name"
  $node tools/portraits/main.ts person --identity $identity --count 4 --skip 4 --out "$1/$name-other"
  i=$((i + 1))
done
