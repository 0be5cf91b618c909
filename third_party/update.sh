#!/bin/sh
# Renews one folder of third_party from its npm package: update.sh FOLDER VERSION. Review the difference before committing,
# and write the new version and digests into the folder's README.
set -eu
cd "$(dirname "$0")"
case "$1" in
  design-tokens) package=@digital-go-jp/design-tokens; files="dist/tokens.css LICENSE" ;;
  axe-core) package=axe-core; files="axe.min.js LICENSE LICENSE-3RD-PARTY.txt" ;;
  tabler-icons) package=@tabler/icons; files="LICENSE"; for f in tabler-icons/*.svg; do files="$files icons/outline/$(basename "$f")"; done ;;
  *) echo "unknown folder $1" >&2; exit 2 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack "$package@$2" >/dev/null && tar xzf ./*.tgz)
for f in $files; do cp "$work/package/$f" "$1/"; done
(cd "$1" && sha256sum $(ls | grep -v README.md))
