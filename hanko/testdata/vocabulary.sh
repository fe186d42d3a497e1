#!/usr/bin/env bash
# Prints vocabulary.tsv: every state, action, input and error code of Hanko's Flow API, with the first backend release
# that has it ("main" for what no release has yet). It reads all releases from v1.0.0 on.
# Usage: ./vocabulary.sh CLONE >vocabulary.tsv, where CLONE is a git clone of github.com/teamhanko/hanko with its tags.
set -euo pipefail
cd "$1"
for tag in $(git tag --list 'backend/v[1-9]*' --sort=version:refname) HEAD; do
	git grep -hoE \
		-e 'flowpilot\.(State|Action)Name += +"[a-z_]+"' \
		-e 'New(Flow|Input)Error\("[a-z_]+"' \
		-e 'flowpilot\.[A-Za-z]+Input\("[a-z_]+"' \
		"$tag" -- backend/flow_api backend/flowpilot | sort -u | sed "s#^#$tag #"
done | awk -F'"' '
	{ split($1, words, /[ \/]/); version = words[1] == "HEAD" ? "main" : words[2] }
	/StateName/  { kind = "state" }
	/ActionName/ { kind = "action" }
	/Error\(/    { kind = "error" }
	/flowpilot\.[A-Za-z]+Input\(/ { kind = "input" }
	!seen[kind, $2]++ { print kind "\t" $2 "\t" version }
' | LC_ALL=C sort
