/**
 * The rules a push is held to, as the `pre-receive` hook of every repository. It is a shell script, since starting
 * Node for each push would be most of the push. What GitHub says beside each ref it leaves in `LOOPBACK_VERDICT`.
 */
export const HOOK = `#!/bin/sh
# LOOPBACK_PROTECTED: patterns of protected branches, one a line. LOOPBACK_WORKFLOWS: may the token write workflows.
refuse() { printf '%s' "$1" > "$LOOPBACK_VERDICT"; exit 1; }
set -f
[ -n "$LOOPBACK_VERDICT" ] || exit 0
while read -r old new ref; do
  IFS='
'
  for pattern in $LOOPBACK_PROTECTED; do
    case "$ref" in refs/heads/$pattern)
      echo "error: GH006: Protected branch update failed for $ref." >&2
      echo "error: Changes must be made through a pull request." >&2
      refuse "protected branch hook declined" ;;
    esac
  done
  unset IFS
  case "$new" in *[!0]*) ;; *) continue ;; esac
  # Only what this push brought is looked at: a walk from the commit would visit every tree of a large repository.
  big=$(GIT_OBJECT_DIRECTORY="$GIT_QUARANTINE_PATH" GIT_ALTERNATE_OBJECT_DIRECTORIES= git cat-file --batch-all-objects \\
    --batch-check='%(objecttype) %(objectsize) %(objectname)' | awk '$1 == "blob" && $2 > 104857600 { print $3; exit }')
  if [ -n "$big" ]; then
    file=$(git rev-list --objects "$new" --not --all | awk -v oid="$big" '$1 == oid { $1 = ""; print substr($0, 2) }')
    echo "error: See https://gh.io/lfs for more information." >&2
    echo "error: File $file is larger than GitHub's file size limit of 100.00 MB" >&2
    echo "error: GH001: Large files detected. You may want to try Git Large File Storage - https://git-lfs.github.com." >&2
    refuse "pre-receive hook declined"
  fi
  [ "$LOOPBACK_WORKFLOWS" = yes ] && continue
  workflow=$(git log --format= --name-only -m "$new" --not --all -- .github/workflows 2>/dev/null | head -n 1)
  if [ -n "$workflow" ]; then
    refuse "refusing to allow $LOOPBACK_WRITER to create or update workflow \\\`$workflow\\\` without $LOOPBACK_LACKS"
  fi
done
exit 0
`;
