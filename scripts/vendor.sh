#!/bin/sh
# Fetches the libraries of the browser app from npm, in the versions named here, into web/app/vendor. To have newer ones
# change the versions, run it, run ./test browser, and commit what it made.
set -eu
preact=11.2.0
htm=3.1.1

vendor=$(cd "$(dirname "$0")/.." && pwd)/web/app/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for library in "preact@$preact" "htm@$htm"; do
  mkdir "${library%@*}"
  tar -xzf "$(npm pack --silent "$library")" -C "${library%@*}" --strip-components=1
done

# A browser finds modules by their address: bare names become that, and nothing asks for maps that are not there.
module() {
  sed -e '/^\/\/# sourceMappingURL/d' -e 's/from *"preact"/from"\.\/preact.js"/' "$1" >"$vendor/$2"
}
mkdir -p "$vendor"
module preact/dist/preact.mjs preact.js
module preact/hooks/dist/hooks.mjs hooks.js
module htm/dist/htm.mjs htm.js
{
  printf 'preact %s (preact.js, hooks.js): https://www.npmjs.com/package/preact\n\n' "$preact"
  cat preact/LICENSE
  printf '\n\nhtm %s (htm.js): https://www.npmjs.com/package/htm\n\n' "$htm"
  cat htm/LICENSE
} >"$vendor/licences.txt"
ls -l "$vendor"
